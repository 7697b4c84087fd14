package org.encore.http;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.encore.http.HttpFailure.BadAnswer;

/** Reads one answer from a connection, no further than it goes and no more than it may have. */
final class AnswerReader {
    /** Most bytes of a head, of the announcement of a chunk and of what follows the last one. */
    static final int MOST_HEAD_BYTES = 16 * 1024;
    /** "Go on" and "early hints" that may come before the answer. */
    private static final int MOST_INTERIM = 8;
    private static final int SWITCHING_PROTOCOLS = 101;
    private static final int MOST_SIZE_DIGITS = 8;
    private static final byte[] START = "HTTP/1.".getBytes(StandardCharsets.US_ASCII);

    private final Connection connection;
    private final int limit;
    private final byte[] buffer;
    private int from;
    private int to;
    private boolean begun;
    private boolean reusable;

    /** Reads a body of at most {@code limit} bytes. */
    AnswerReader(Connection connection, int limit) {
        this.connection = connection;
        this.limit = limit;
        this.buffer = connection.buffer();
    }

    /** Whether any byte of an answer came. */
    boolean hasBegun() {
        return begun;
    }

    /** Whether, after {@link #read}, the connection may carry another request. */
    boolean isReusable() {
        return reusable;
    }

    HttpAnswer read() throws IOException, BadAnswer {
        AnswerHead head = AnswerHead.parse(head());
        for (int i = 0; head.status() < 200; i++) {
            if (i == MOST_INTERIM || head.status() == SWITCHING_PROTOCOLS) {
                throw new BadAnswer("an answer [" + head.status() + "] is not expected here");
            }
            head = AnswerHead.parse(head());
        }
        byte[] body = body(head.length());
        reusable = head.keeps() && from == to;
        return new HttpAnswer(head.status(), head.headers(), body);
    }

    private byte[] body(long length) throws IOException, BadAnswer {
        if (length == AnswerHead.CHUNKED) {
            return chunked();
        }
        if (length == AnswerHead.UNTIL_CLOSE) {
            return untilClose();
        }
        if (length > limit) {
            throw tooLarge(length);
        }
        byte[] body = new byte[(int) length];
        fill(body, 0, body.length);
        return body;
    }

    /** The text up to the next empty line, which is taken too. */
    private String head() throws IOException, BadAnswer {
        int seen = from;
        while (true) {
            for (; seen + 4 <= to; seen++) {
                if (buffer[seen] == '\r' && buffer[seen + 1] == '\n' && buffer[seen + 2] == '\r' && buffer[seen + 3] == '\n') {
                    String head = new String(buffer, from, seen - from, StandardCharsets.ISO_8859_1);
                    from = seen + 4;
                    return head;
                }
            }
            // Told at the first wrong byte: who speaks no HTTP may also never end.
            int have = Math.min(to - from, START.length);
            if (!Arrays.equals(buffer, from, from + have, START, 0, have)) {
                throw new BadAnswer("the answer is no HTTP");
            }
            seen -= compact();
            if (!more()) {
                throw new EOFException(begun ? "the answer ends in its head" : "no answer came");
            }
        }
    }

    /** Moves what is not read yet to the front; returns how far. */
    private int compact() {
        int moved = from;
        System.arraycopy(buffer, from, buffer, 0, to - from);
        to -= from;
        from = 0;
        return moved;
    }

    /** Reads what comes behind what is there; false at the connection's end. */
    private boolean more() throws IOException, BadAnswer {
        if (to == buffer.length) {
            throw new BadAnswer("the answer's head exceeds the limit of [" + MOST_HEAD_BYTES + "] bytes");
        }
        int count = connection.read(buffer, to, buffer.length - to);
        if (count < 0) {
            return false;
        }
        begun = true;
        to += count;
        return true;
    }

    private void fill(byte[] target, int offset, int length) throws IOException {
        int buffered = Math.min(to - from, length);
        System.arraycopy(buffer, from, target, offset, buffered);
        from += buffered;
        int have = buffered;
        while (have < length) {
            int count = connection.read(target, offset + have, length - have);
            if (count < 0) {
                throw new EOFException("the answer ends after [" + have + "] of [" + length + "] bytes");
            }
            have += count;
        }
    }

    private byte[] chunked() throws IOException, BadAnswer {
        byte[] body = new byte[0];
        while (true) {
            int size = chunkSize(line());
            if (size == 0) {
                trailers();
                return body;
            }
            if (size > limit - body.length) {
                throw tooLarge((long) body.length + size);
            }
            int before = body.length;
            body = Arrays.copyOf(body, before + size);
            fill(body, before, size);
            if (!line().isEmpty()) {
                throw new BadAnswer("a chunk of [" + size + "] bytes goes on behind its end");
            }
        }
    }

    /** A chunk's size; what an extension says behind a semicolon is passed over. */
    private static int chunkSize(String line) throws BadAnswer {
        int semicolon = line.indexOf(';');
        String digits = (semicolon < 0 ? line : line.substring(0, semicolon)).strip();
        boolean isSize = !digits.isEmpty()
                && digits.length() < MOST_SIZE_DIGITS
                && digits.chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 0x7f);
        if (!isSize) {
            throw new BadAnswer("a chunk's size [" + digits.substring(0, Math.min(20, digits.length())) + "] is none");
        }
        return Integer.parseInt(digits, 16);
    }

    private void trailers() throws IOException, BadAnswer {
        int size = 0;
        String line = line();
        while (!line.isEmpty()) {
            size += line.length();
            if (size > MOST_HEAD_BYTES) {
                throw new BadAnswer("what follows the last chunk exceeds the limit of [" + MOST_HEAD_BYTES + "] bytes");
            }
            line = line();
        }
    }

    /** The text up to the next end of line, which is taken too. */
    private String line() throws IOException, BadAnswer {
        int seen = from;
        while (true) {
            for (; seen + 2 <= to; seen++) {
                if (buffer[seen] == '\r' && buffer[seen + 1] == '\n') {
                    String line = new String(buffer, from, seen - from, StandardCharsets.ISO_8859_1);
                    from = seen + 2;
                    return line;
                }
            }
            seen -= compact();
            if (!more()) {
                throw new EOFException("the answer ends between its chunks");
            }
        }
    }

    private byte[] untilClose() throws IOException, BadAnswer {
        byte[] body = new byte[0];
        do {
            int size = to - from;
            if (size > limit - body.length) {
                throw tooLarge((long) body.length + size);
            }
            int before = body.length;
            body = Arrays.copyOf(body, before + size);
            fill(body, before, size);
            compact();
        } while (more());
        return body;
    }

    private BadAnswer tooLarge(long bytes) {
        return new BadAnswer("an answer of [" + bytes + "] bytes or more exceeds the limit of [" + limit + "]");
    }
}
