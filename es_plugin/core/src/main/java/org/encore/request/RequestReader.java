package org.encore.request;

import java.io.IOException;
import java.util.Map;
import org.encore.json.JsonException;
import org.encore.json.JsonReader;
import org.encore.json.JsonWriter;

/**
 * Reads an object of the search API field by field, and refuses what is wrong by place and value.
 *
 * <pre>
 * while (reader.nextField()) {
 *     switch (reader.name()) {
 *         case "query" -> query = reader.string();
 *         default -> throw reader.refused("does not know [" + reader.name() + "]");
 *     }
 * }
 * </pre>
 *
 * <p>An engine's adapter subclasses it over the engine's own parser, which stands at the object's start; it
 * hands on what the parser says and turns a {@link RequestException} into the engine's own. A value that is
 * an object can be entered by calling {@link #nextField} again until it gives false. Belongs to one thread.
 */
public abstract class RequestReader {
    private static final int MAX_SHOWN = 128;

    private final String owner;

    /** Reads the object of that name; the messages begin with it. */
    protected RequestReader(String owner) {
        this.owner = owner;
    }

    /** What stands as a field's value. */
    public enum Kind {
        OBJECT("an object"),
        ARRAY("an array"),
        STRING(null),
        NUMBER(null),
        BOOLEAN(null),
        NULL("null"),
        OTHER("something else");

        private final String shown;

        Kind(String shown) {
            this.shown = shown;
        }
    }

    /** Goes to the next field's value; false at the object's end. */
    public abstract boolean nextField() throws IOException;

    /** The field whose value stands here. */
    public abstract String name() throws IOException;

    /** What stands here. */
    public abstract Kind kind();

    /** Where the parser stands. */
    public abstract Place place();

    /** The value as text: of a string, a number or a boolean. */
    protected abstract String text() throws IOException;

    protected abstract double doubleValue() throws IOException;

    /** Whether the number is an integer that a long holds. */
    protected abstract boolean isLong() throws IOException;

    protected abstract long longValue() throws IOException;

    protected abstract boolean booleanValue() throws IOException;

    /** The object that starts here, read to its end. */
    protected abstract Map<String, Object> map() throws IOException;

    /** The value, which must be a string. */
    public final String string() throws IOException {
        require(Kind.STRING, "a string");
        return text();
    }

    /** The value, which must be a number that a float holds. */
    public final float number() throws IOException {
        require(Kind.NUMBER, "a number");
        float value = (float) doubleValue();
        if (!Float.isFinite(value)) {
            throw refused("[" + name() + "] must be a finite number, got [" + shown() + "]");
        }
        return value;
    }

    /** The value, which must be an integer that a long holds. */
    public final long integer() throws IOException {
        if (kind() != Kind.NUMBER || !isLong()) {
            throw refused("[" + name() + "] must be an integer, got [" + shown() + "]");
        }
        return longValue();
    }

    /** The value, which must be true or false. */
    public final boolean flag() throws IOException {
        require(Kind.BOOLEAN, "true or false");
        return booleanValue();
    }

    /** The value, which must be an object of JSON values, in the form of {@link JsonReader} whatever the request's format was. */
    @SuppressWarnings("unchecked") // An object was written, so one is read.
    public final Map<String, Object> object() throws IOException {
        String field = name();
        require(Kind.OBJECT, "an object");
        Place start = place();
        try {
            return (Map<String, Object>) JsonReader.parse(JsonWriter.write(map()));
        } catch (JsonException e) {
            throw refused(start, "[" + field + "]: " + e.getMessage());
        }
    }

    private void require(Kind wanted, String words) throws IOException {
        if (kind() != wanted) {
            throw refused("[" + name() + "] must be " + words + ", got [" + shown() + "]");
        }
    }

    /** What stands here as a person would find it in the request: a value by its text, a structure by its kind. */
    public final String shown() throws IOException {
        if (kind().shown != null) {
            return kind().shown;
        }
        String text = text();
        int characters = text.codePointCount(0, text.length());
        return characters <= MAX_SHOWN ? text : text.substring(0, text.offsetByCodePoints(0, MAX_SHOWN)) + "…";
    }

    /** The exception that refuses what stands here. */
    public final RequestException refused(String reason) {
        return refused(place(), reason);
    }

    /** The exception that refuses what stands there. */
    public final RequestException refused(Place there, String reason) {
        return new RequestException(there, "[" + owner + "] " + reason, null);
    }

    /**
     * The exception for what the engine's parser does not take: bytes that are broken, nested too deep, too long, which some
     * engines call a fault of the server; or a query within the object, of which the innermost cause says what is wrong.
     *
     * @param field where it happened, or null before the first
     */
    protected final RequestException unreadable(String field, Exception why) {
        Throwable innermost = why;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        String message = String.valueOf(innermost.getMessage()).lines().findFirst().orElse("");
        String place = field == null ? "" : "[" + field + "] ";
        return new RequestException(place(), "[" + owner + "] " + place + "cannot be read: " + message, why);
    }

    /** The exception for values that a constructor refused; the message is the cause's own. */
    public final RequestException refused(Place there, IllegalArgumentException cause) {
        return new RequestException(there, cause.getMessage(), cause);
    }
}
