package org.encore.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads strict JSON from a string, either whole ({@link #parse}) or value by value.
 *
 * <p>Values become {@code Map<String, Object>} (in the order of the text), {@code List<Object>},
 * {@code String}, {@code Long} (integers that fit), {@code Double}, {@code Boolean} or {@code null}.
 * A repeated key is refused: two readers could understand the text differently. Nesting is bounded, so
 * hostile text cannot exhaust the stack. Not thread-safe; one reader per text.
 */
public final class JsonReader {
    /** Deeper text than any meta has; the bound protects the stack. */
    public static final int MAX_DEPTH = 32;

    private final String text;
    private int at;

    public JsonReader(String text) {
        this.text = text;
    }

    /** The one value that the whole text is. */
    public static Object parse(String text) {
        JsonReader reader = new JsonReader(text);
        Object value = reader.value();
        reader.end();
        return value;
    }

    /** Reads the value that comes next. */
    public Object value() {
        return value(0);
    }

    /** Skips the value that comes next, checking it, and returns its text as it stands. */
    public String rawValue() {
        skipBlanks();
        int start = at;
        value(0);
        return text.substring(start, at);
    }

    /** Takes the next character if it is {@code wanted} (blanks before it are skipped). */
    public boolean take(char wanted) {
        if (peek() == wanted) {
            at++;
            return true;
        }
        return false;
    }

    /** Takes the next character, which must be {@code wanted}. */
    public void expect(char wanted) {
        if (!take(wanted)) {
            throw wrong("expected '" + wanted + "'");
        }
    }

    /** Reads a key and its colon. */
    public String key() {
        peek();
        String key = string();
        expect(':');
        return key;
    }

    /** Checks that nothing but blanks is left. */
    public void end() {
        skipBlanks();
        if (at != text.length()) {
            throw wrong("expected the end");
        }
    }

    private Object value(int depth) {
        if (depth > MAX_DEPTH) {
            throw wrong("nested deeper than [" + MAX_DEPTH + "]");
        }
        return switch (peek()) {
            case '{' -> object(depth);
            case '[' -> array(depth);
            case '"' -> string();
            case 't' -> literal("true", Boolean.TRUE);
            case 'f' -> literal("false", Boolean.FALSE);
            case 'n' -> literal("null", null);
            default -> number();
        };
    }

    private Map<String, Object> object(int depth) {
        expect('{');
        Map<String, Object> object = new LinkedHashMap<>();
        if (take('}')) {
            return object;
        }
        do {
            String key = key();
            if (object.containsKey(key)) {
                throw wrong("key [" + key + "] is repeated");
            }
            object.put(key, value(depth + 1));
        } while (take(','));
        expect('}');
        return object;
    }

    private List<Object> array(int depth) {
        expect('[');
        List<Object> array = new ArrayList<>();
        if (take(']')) {
            return array;
        }
        do {
            array.add(value(depth + 1));
        } while (take(','));
        expect(']');
        return array;
    }

    private String string() {
        if (at >= text.length() || text.charAt(at) != '"') {
            throw wrong("expected a string");
        }
        int start = ++at;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '"') {
                return text.substring(start, at++);
            }
            if (c == '\\') {
                return escapedString(start);
            }
            if (c < 0x20) {
                throw wrong("a control character must be escaped");
            }
            at++;
        }
        throw wrong("the string has no end");
    }

    private String escapedString(int start) {
        StringBuilder out = new StringBuilder(text.length() - start > 64 ? 64 : 16).append(text, start, at);
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return out.toString();
            }
            if (c < 0x20) {
                throw wrong("a control character must be escaped");
            }
            out.append(c == '\\' ? escape() : c);
        }
        throw wrong("the string has no end");
    }

    private char escape() {
        if (at >= text.length()) {
            throw wrong("the string has no end");
        }
        char c = text.charAt(at++);
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> throw wrong("unknown escape [\\" + c + "]");
        };
    }

    private char unicode() {
        int code = 0;
        for (int i = 0; i < 4; i++) {
            int digit = at < text.length() ? hexDigit(text.charAt(at)) : -1;
            if (digit < 0) {
                throw wrong("expected four hex digits");
            }
            code = code << 4 | digit;
            at++;
        }
        return (char) code;
    }

    private static int hexDigit(char c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        char lower = (char) (c | 0x20);
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }

    private Object number() {
        int start = at;
        boolean whole = true;
        takeHere('-');
        if (!takeHere('0')) {
            digits();
        }
        if (takeHere('.')) {
            whole = false;
            digits();
        }
        if (takeHere('e') || takeHere('E')) {
            whole = false;
            if (!takeHere('+')) {
                takeHere('-');
            }
            digits();
        }
        String number = text.substring(start, at);
        if (whole && number.length() <= 18) {
            return Long.valueOf(number);
        }
        double value = Double.parseDouble(number);
        if (Double.isInfinite(value)) {
            throw wrong("number [" + number + "] is out of range");
        }
        return value;
    }

    private void digits() {
        int start = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        if (at == start) {
            throw wrong("expected a value");
        }
    }

    private boolean takeHere(char wanted) {
        if (at < text.length() && text.charAt(at) == wanted) {
            at++;
            return true;
        }
        return false;
    }

    private Object literal(String name, Object value) {
        if (!text.startsWith(name, at)) {
            throw wrong("expected a value");
        }
        at += name.length();
        return value;
    }

    private char peek() {
        skipBlanks();
        if (at >= text.length()) {
            throw wrong("the text ends too early");
        }
        return text.charAt(at);
    }

    private void skipBlanks() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private JsonException wrong(String what) {
        return new JsonException(what + " at [" + at + "]");
    }
}
