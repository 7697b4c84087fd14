package org.encore.request;

/** A part of a request is wrong: the message says what, with the value in [brackets]; the place is that of the request's text. */
public final class RequestException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final int line;
    private final int column;

    RequestException(Place place, String message, Throwable cause) {
        super(message, cause);
        this.line = place.line();
        this.column = place.column();
    }

    /** Line of the request's text, from 1. */
    public int line() {
        return line;
    }

    /** Column of that line, from 1. */
    public int column() {
        return column;
    }
}
