package org.encore.http;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.encore.http.HttpFailure.BadAnswer;

/**
 * Status line and headers of an answer, read strictly: what two readers could take for different answers is none.
 *
 * @param status  100 to 599
 * @param headers by name in lower case; of a repeated name the first
 * @param length  of the body, or {@link #CHUNKED} or {@link #UNTIL_CLOSE}
 * @param keeps   whether the connection may carry another request
 */
record AnswerHead(int status, Map<String, String> headers, long length, boolean keeps) {
    static final long CHUNKED = -1;
    static final long UNTIL_CLOSE = -2;

    private static final int STATUS_LINE = "HTTP/1.1 200".length();
    /** Beside letters and digits, what a header's name may hold (RFC 9110, 5.6.2). */
    private static final String NAME_SIGNS = "!#$%&'*+-.^_`|~";
    private static final int MOST_LENGTH_DIGITS = 18;

    /** Reads a head without the empty line that ends it. */
    static AnswerHead parse(String head) throws BadAnswer {
        String[] lines = head.split("\r\n", -1);
        int status = status(lines[0]);
        Map<String, String> headers = new HashMap<>();
        Long length = null;
        String coding = null;
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon < 1 || !isName(lines[i], colon) || !isText(lines[i])) {
                throw new BadAnswer("the answer's header [" + shown(lines[i]) + "] is none");
            }
            String name = lines[i].substring(0, colon).toLowerCase(Locale.ROOT);
            String value = lines[i].substring(colon + 1).strip();
            if (name.equals("content-length")) {
                length = length(value, length);
            } else if (name.equals("transfer-encoding")) {
                coding = coding(value, coding);
            }
            headers.putIfAbsent(name, value);
        }
        if (coding != null && length != null) {
            throw new BadAnswer("the answer has both a length [" + length + "] and a coding [" + coding + "]");
        }
        boolean hasNoBody = status < 200 || status == 204 || status == 304;
        long body = hasNoBody ? 0 : coding != null ? CHUNKED : length != null ? length : UNTIL_CLOSE;
        return new AnswerHead(status, headers, body, body != UNTIL_CLOSE && keeps(lines[0], headers));
    }

    /** {@code HTTP/1.x NNN}, with or without a reason behind it. */
    private static int status(String line) throws BadAnswer {
        boolean isHttp = line.length() >= STATUS_LINE
                && (line.startsWith("HTTP/1.1 ") || line.startsWith("HTTP/1.0 "))
                && (line.length() == STATUS_LINE || line.charAt(STATUS_LINE) == ' ')
                && isText(line);
        int status = 0;
        for (int i = STATUS_LINE - 3; isHttp && i < STATUS_LINE; i++) {
            int digit = line.charAt(i) - '0';
            isHttp = digit >= 0 && digit <= 9;
            status = 10 * status + digit;
        }
        if (!isHttp || status < 100 || status > 599) {
            throw new BadAnswer("the answer is no HTTP");
        }
        return status;
    }

    private static Long length(String value, Long before) throws BadAnswer {
        boolean isNumber = !value.isEmpty()
                && value.length() <= MOST_LENGTH_DIGITS
                && value.chars().allMatch(c -> c >= '0' && c <= '9');
        Long length = isNumber ? Long.valueOf(value) : null;
        if (length == null || before != null && !before.equals(length)) {
            throw new BadAnswer("the answer's length [" + shown(value) + "] is none");
        }
        return length;
    }

    private static String coding(String value, String before) throws BadAnswer {
        String all = before == null ? value : before + ", " + value;
        if (!all.equalsIgnoreCase("chunked")) {
            throw new BadAnswer("the answer's coding [" + shown(all) + "] is not [chunked]");
        }
        return all;
    }

    private static boolean keeps(String statusLine, Map<String, String> headers) {
        String connection = headers.getOrDefault("connection", "").toLowerCase(Locale.ROOT);
        return statusLine.startsWith("HTTP/1.1") && !connection.contains("close");
    }

    private static boolean isName(String line, int end) {
        for (int i = 0; i < end; i++) {
            char c = line.charAt(i);
            boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            if (!letter && NAME_SIGNS.indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    /** No control character but the tab; so no lone end of line either. */
    private static boolean isText(String line) {
        return line.chars().allMatch(c -> c == '\t' || c >= ' ' && c != 0x7f);
    }

    private static String shown(String text) {
        StringBuilder shown = new StringBuilder();
        text.chars().limit(60).forEach(c -> shown.append(c >= ' ' && c < 0x7f ? (char) c : '?'));
        return shown.toString();
    }
}
