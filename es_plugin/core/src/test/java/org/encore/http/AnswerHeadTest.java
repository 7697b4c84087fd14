package org.encore.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.encore.http.HttpFailure.BadAnswer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerHeadTest {
    private static AnswerHead parse(String... lines) throws BadAnswer {
        return AnswerHead.parse(String.join("\r\n", lines));
    }

    private static String refusal(String... lines) {
        return assertThrows(BadAnswer.class, () -> parse(lines)).getMessage();
    }

    @Test
    void namesAreFoundInLowerCaseAndTheFirstOfTwoCounts() throws Exception {
        AnswerHead head = parse("HTTP/1.1 503 Service Unavailable", "X-Encore-Cause:  deadline\t", "x-encore-cause: other", "Content-Length: 7");
        assertEquals(503, head.status());
        assertEquals("deadline", head.headers().get("x-encore-cause"));
        assertEquals(7, head.length());
        assertTrue(head.keeps());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "garbage", "HTTP/1.1", "HTTP/1.1 20", "HTTP/1.1 2x0 OK", "HTTP/1.1 2000", "HTTP/2 200 OK",
        "HTTP/1.1 099 Low", "HTTP/1.1 600 High", "http/1.1 200 OK", " HTTP/1.1 200 OK", "HTTP/1.1  200 OK", "HTTP/1.1 200 O\nK", "ICY 200 OK"})
    void whatStartsOtherwiseIsNoHttp(String line) {
        assertEquals("the answer is no HTTP", refusal(line));
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP/1.1 200 OK, Connection: keep-alive, true",
        "HTTP/1.1 200, X: y, true",
        "HTTP/1.1 200 OK, Connection: Close, false",
        "HTTP/1.0 200 OK, Connection: keep-alive, false"
    })
    void aConnectionIsKeptUnlessThePeerEndsIt(String status, String header, boolean keeps) throws Exception {
        assertEquals(keeps, parse(status, header, "Content-Length: 0").keeps());
    }

    @Test
    void withoutLengthABodyGoesOnUntilTheEnd() throws Exception {
        AnswerHead head = parse("HTTP/1.1 200 OK");
        assertEquals(AnswerHead.UNTIL_CLOSE, head.length());
        assertFalse(head.keeps());
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 204, 304})
    void someAnswersHaveNoBody(int status) throws Exception {
        assertEquals(0, parse("HTTP/1.1 " + status + " Well").length());
    }

    @ParameterizedTest
    @ValueSource(strings = {"nothing", ": no name", "na me: x", "name : x", " folded: x", "\tfolded", "na\u00efve: x", "a: b\nc: d", "a: \u0000", "a: b\rc"})
    void aHeaderThatIsNoneIsRefused(String line) {
        String shown = line.replaceAll("[^ -~]", "?");
        assertEquals("the answer's header [" + shown + "] is none", refusal("HTTP/1.1 200 OK", line));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "+5", "0x10", "5, 5", "1234567890123456789", "5 5", "\u0665"})
    void aLengthThatIsNoneIsRefused(String length) {
        String shown = length.replaceAll("[^ -~]", "?");
        assertEquals("the answer's length [" + shown + "] is none", refusal("HTTP/1.1 200 OK", "Content-Length: " + length));
    }

    @Test
    void twoReadersMustNotSeeTwoAnswers() throws Exception {
        assertEquals(5, parse("HTTP/1.1 200 OK", "Content-Length: 5", "Content-Length: 5").length());
        assertEquals(
                "the answer's length [6] is none", refusal("HTTP/1.1 200 OK", "Content-Length: 5", "Content-Length: 6"));
        assertEquals(
                "the answer has both a length [5] and a coding [chunked]",
                refusal("HTTP/1.1 200 OK", "Content-Length: 5", "Transfer-Encoding: chunked"));
        assertEquals(
                "the answer's coding [gzip, chunked] is not [chunked]",
                refusal("HTTP/1.1 200 OK", "Transfer-Encoding: gzip, chunked"));
        assertEquals(
                "the answer's coding [chunked, chunked] is not [chunked]",
                refusal("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "Transfer-Encoding: chunked"));
    }
}
