package org.encore.dictionary;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.encore.text.DictionaryException;
import org.encore.text.DictionaryFiles;

/**
 * Reads the body of a PUT: {@code {"files": {"manifest.json": "…", "words.tsv": "…", …}}}, each file's text as it stands.
 *
 * <p>JSON, as everything that an engine is sent: a dictionary's files are UTF-8, and HTTP compresses. It is read
 * as bytes, once: as strings it would take ten times the room of the files, on the heap of a node at work.
 */
public final class DictionaryUpload {
    private static final String FILES = "files";
    private static final int LONGEST_NAME = 64;

    private final String version;
    private final InputStream body;
    private final byte[] buffer = new byte[8192];
    private int position;
    private int limit;
    private long at = -1;
    private int current;

    private DictionaryUpload(String version, InputStream body) throws IOException {
        this.version = version;
        this.body = body;
        next();
    }

    /**
     * The files of a body, checked to be those of the version.
     *
     * @throws DictionaryException if they are not, or the body has another form
     */
    public static DictionaryFiles read(String version, InputStream body) throws IOException {
        DictionaryFiles.checkVersion(version);
        return DictionaryFiles.of(version, new DictionaryUpload(version, body).contents());
    }

    private Map<String, byte[]> contents() throws IOException {
        if (peek() != '{') {
            throw wrongForm();
        }
        next();
        if (peek() != '"') {
            throw peek() == '}' ? wrongForm() : noJson("name");
        }
        String field = name();
        if (!field.equals(FILES)) {
            throw new DictionaryException("unknown field [" + field + "] beside [" + FILES + "]");
        }
        take(':');
        if (peek() != '{') {
            throw wrongForm();
        }
        next();
        Map<String, byte[]> contents = new LinkedHashMap<>();
        if (peek() != '}') {
            do {
                file(contents);
            } while (taken(','));
        }
        take('}');
        if (taken(',')) {
            throw new DictionaryException("unknown field [" + name() + "] beside [" + FILES + "]");
        }
        take('}');
        if (peek() >= 0) {
            throw noJson("end");
        }
        return contents;
    }

    private void file(Map<String, byte[]> contents) throws IOException {
        String name = name();
        if (!DictionaryFiles.ALL.contains(name)) {
            throw new DictionaryException(
                    "[" + name + "] is no file of a dictionary: there are " + DictionaryFiles.ALL);
        }
        take(':');
        if (peek() != '"') {
            throw new DictionaryException("[" + FILES + "." + name + "] is to be the file's text");
        }
        if (contents.put(name, string(DictionaryFiles.MAX_BYTES)) != null) {
            throw new DictionaryException("[" + FILES + "." + name + "] is there twice");
        }
    }

    private String name() throws IOException {
        if (peek() != '"') {
            throw noJson("name");
        }
        return new String(string(LONGEST_NAME), StandardCharsets.UTF_8);
    }

    private byte[] string(long longest) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        next();
        while (current != '"') {
            if (current < ' ') {
                throw noJson("string without control characters");
            }
            if (out.size() >= longest) {
                throw new DictionaryException("the body of dictionary [" + version + "] has a text of more than [" + longest
                        + "] bytes; give it fewer words");
            }
            if (current == '\\') {
                escaped(out);
            } else {
                out.write(current);
                next();
            }
        }
        next();
        byte[] text = out.toByteArray();
        if (!isUtf8(text)) {
            throw new DictionaryException("the body of dictionary [" + version + "] is no UTF-8");
        }
        return text;
    }

    /** Strictly: what is no UTF-8 must not become other words. */
    private static boolean isUtf8(byte[] text) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(text);
        CharBuffer out = CharBuffer.allocate(8192);
        CoderResult result;
        do {
            out.clear();
            result = decoder.decode(in, out, true);
        } while (result.isOverflow());
        return !result.isError();
    }

    private void escaped(ByteArrayOutputStream out) throws IOException {
        next();
        switch (current) {
            case '"', '\\', '/' -> out.write(current);
            case 'b' -> out.write('\b');
            case 'f' -> out.write('\f');
            case 'n' -> out.write('\n');
            case 'r' -> out.write('\r');
            case 't' -> out.write('\t');
            case 'u' -> {
                out.writeBytes(Character.toString(codePoint()).getBytes(StandardCharsets.UTF_8));
                return;
            }
            default -> throw noJson("escape");
        }
        next();
    }

    private int codePoint() throws IOException {
        char unit = unit();
        if (!Character.isSurrogate(unit)) {
            return unit;
        }
        if (Character.isHighSurrogate(unit) && current == '\\') {
            next();
            if (current == 'u') {
                char low = unit();
                if (Character.isLowSurrogate(low)) {
                    return Character.toCodePoint(unit, low);
                }
            }
        }
        throw noJson("other half of a character");
    }

    /** The four digits behind the {@code u}; afterwards the byte behind them is the current one. */
    private char unit() throws IOException {
        int unit = 0;
        for (int digits = 0; digits < 4; digits++) {
            next();
            int digit = Character.digit(current, 16);
            if (digit < 0) {
                throw noJson("four hexadecimal digits");
            }
            unit = unit << 4 | digit;
        }
        next();
        return (char) unit;
    }

    private void take(char wanted) throws IOException {
        if (!taken(wanted)) {
            throw noJson("'" + wanted + "'");
        }
    }

    private boolean taken(char wanted) throws IOException {
        if (peek() != wanted) {
            return false;
        }
        next();
        return true;
    }

    private int peek() throws IOException {
        while (current == ' ' || current == '\n' || current == '\r' || current == '\t') {
            next();
        }
        return current;
    }

    private void next() throws IOException {
        if (position == limit) {
            limit = body.read(buffer);
            position = 0;
            if (limit <= 0) {
                limit = 0;
                current = -1;
                at++;
                return;
            }
        }
        current = buffer[position++] & 0xff;
        at++;
    }

    private DictionaryException noJson(String wanted) {
        return new DictionaryException("the body of dictionary [" + version + "] is no JSON: at byte [" + at
                + "] there is no " + wanted);
    }

    private DictionaryException wrongForm() {
        return new DictionaryException("the body of dictionary [" + version + "] is to be {\"" + FILES
                + "\": {name: text}} with the names " + DictionaryFiles.ALL);
    }
}
