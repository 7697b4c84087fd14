package org.encore.rank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The guard of answers: what is none, or too large, or a refusal, is told by its cause. */
class RankerClientAnswerTest extends RankerClientHarness {
    @Test
    void garbageInPlaceOfHttpIsABadResponse() throws Exception {
        RawServer server = server((socket, body, number) -> {
            socket.getOutputStream().write("garbage\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return false;
        });
        RankFailure failure = failure(client(SECOND, server.address()));
        assertEquals(FallbackCause.BAD_RESPONSE, failure.fallbackCause());
        assertEquals("ranker [" + server.address() + "/v1/score]: the answer is no HTTP", failure.getMessage());
    }

    @Test
    void garbageInPlaceOfTheBodyIsABadResponse() throws Exception {
        RawServer server = server((socket, body, number) -> RawServer.ok(socket, "no answer at all, sorry".getBytes(StandardCharsets.US_ASCII)));
        RankFailure failure = failure(client(SECOND, server.address()));
        assertEquals(FallbackCause.BAD_RESPONSE, failure.fallbackCause());
        assertEquals(
                "ranker [" + server.address() + "/v1/score]: an answer starts with [ENCR], not [0x6e6f2061]",
                failure.getMessage());
    }

    @Test
    void anEmptyBodyIsABadResponse() throws Exception {
        RawServer server = server((socket, body, number) -> RawServer.ok(socket, new byte[0]));
        assertEquals(FallbackCause.BAD_RESPONSE, failure(client(SECOND, server.address())).fallbackCause());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void missingAndExtraCandidatesAreABadResponse(int count) throws Exception {
        RawServer server = server((socket, body, number) -> RawServer.ok(socket, Wires.goodAnswer("r1", count)));
        assertEquals(FallbackCause.BAD_RESPONSE, failure(client(SECOND, server.address())).fallbackCause());
    }

    @Test
    void aNumberThatIsNoneIsABadResponse() throws Exception {
        byte[] answer = Wires.answer(Wires.meta("r1"), 0, new int[] {1, 1}, new double[] {0.5, Double.NaN});
        RawServer server = server((socket, body, number) -> RawServer.ok(socket, answer));
        RankFailure failure = failure(client(SECOND, server.address()));
        assertEquals(FallbackCause.BAD_RESPONSE, failure.fallbackCause());
        assertTrue(failure.getMessage().endsWith("u [NaN] of candidate [1] is not in [0, 1)"), failure.getMessage());
    }

    @Test
    void aHugeAnswerIsRefusedByItsAnnouncement() throws Exception {
        RawServer server = server((socket, body, number) -> {
            RawServer.write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 1000000", new byte[10]);
            return released.await(20, TimeUnit.SECONDS);
        });
        RankFailure failure = failure(client(5 * SECOND, server.address()));
        assertEquals(FallbackCause.BAD_RESPONSE, failure.fallbackCause());
        assertTrue(
                failure.getMessage().endsWith("an answer of [1000000] bytes or more exceeds the limit of [65536]"),
                failure.getMessage());
    }

    @Test
    void anEndlessAnswerIsRefusedWhileItIsRead() throws Exception {
        AtomicBoolean hungUp = new AtomicBoolean();
        CountDownLatch ended = new CountDownLatch(1);
        RawServer server = server((socket, body, number) -> {
            RawServer.write(socket, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", new byte[0]);
            byte[] chunk = ("1000\r\n" + "x".repeat(0x1000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
            try {
                for (int i = 0; i < 100_000; i++) {
                    socket.getOutputStream().write(chunk);
                }
            } catch (IOException e) {
                hungUp.set(true);
            } finally {
                ended.countDown();
            }
            return false;
        });
        RankFailure failure = failure(client(20 * SECOND, server.address()));
        assertEquals(FallbackCause.BAD_RESPONSE, failure.fallbackCause());
        assertTrue(ended.await(10, TimeUnit.SECONDS) && hungUp.get(), "the rest is not read");
    }

    @ParameterizedTest
    @CsvSource({
        "503, model_server_unavailable, MODEL_SERVER_UNAVAILABLE",
        "503, overloaded, OVERLOADED",
        "503, deadline, DEADLINE",
        "503, generation_unknown, GENERATION_UNKNOWN",
        "503, a_cause_of_tomorrow, RANKER_ERROR",
        "503, , RANKER_ERROR",
        "500, , RANKER_ERROR",
        "302, , RANKER_ERROR",
        "204, , RANKER_ERROR",
        "400, bad_request, BAD_REQUEST",
        "413, too_large, BAD_REQUEST",
        "401, not_allowed, BAD_REQUEST",
        "404, , BAD_REQUEST"
    })
    void aRankersOwnCauseIsKept(int status, String cause, FallbackCause expected) throws Exception {
        byte[] reason = status == 204 ? new byte[0] : "{\"error\":{\"reason\":\"the reason [x]\"}}".getBytes(StandardCharsets.UTF_8);
        RawServer server = server((socket, body, number) -> {
            String header = cause == null ? "" : "\r\nX-Encore-Cause: " + cause;
            RawServer.write(socket, "HTTP/1.1 " + status + " Sorry\r\nContent-Length: " + reason.length + header, reason);
            return true;
        });
        RankFailure failure = failure(client(SECOND, server.address()));
        assertEquals(expected, failure.fallbackCause());
        assertEquals(
                "ranker [" + server.address() + "/v1/score] answered [" + status + "], cause [" + expected + "]",
                failure.getMessage(),
                "no byte of the body");
    }
}
