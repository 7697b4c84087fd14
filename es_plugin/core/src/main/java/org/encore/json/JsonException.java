package org.encore.json;

/** Text that is no JSON; the message gives the place as a character offset in [brackets]. */
public final class JsonException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public JsonException(String message) {
        super(message);
    }
}
