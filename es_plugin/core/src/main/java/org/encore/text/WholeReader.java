package org.encore.text;

import java.io.IOException;
import java.io.Reader;
import java.util.Arrays;

/** Reads readers to their ends, one after the other, into room that it keeps. Belongs to one thread. */
final class WholeReader {
    private static final int FIRST_ROOM = 256;
    private static final int MOST_KEPT = 1 << 16;

    private char[] buffer = new char[FIRST_ROOM];

    String readAll(Reader reader) throws IOException {
        int length = 0;
        for (int count = 0; count >= 0; count = reader.read(buffer, length, buffer.length - length)) {
            length += count;
            if (length == buffer.length) {
                buffer = Arrays.copyOf(buffer, length * 2);
            }
        }
        String text = new String(buffer, 0, length);
        if (buffer.length > MOST_KEPT) {
            buffer = new char[FIRST_ROOM];
        }
        return text;
    }
}
