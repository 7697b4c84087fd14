package org.encore.text;

import java.io.IOException;
import java.io.Reader;

/** Reads a reader to its end. */
final class Readers {
    private static final int BUFFER_CHARS = 1024;

    private Readers() {}

    static String readAll(Reader reader) throws IOException {
        StringBuilder text = new StringBuilder();
        char[] buffer = new char[BUFFER_CHARS];
        for (int count = reader.read(buffer); count >= 0; count = reader.read(buffer)) {
            text.append(buffer, 0, count);
        }
        return text.toString();
    }
}
