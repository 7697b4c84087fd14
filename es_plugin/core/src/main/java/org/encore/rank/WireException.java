package org.encore.rank;

/** Bytes that are no message of this wire's version; the message has the offending value in [brackets]. */
public final class WireException extends Exception {
    private static final long serialVersionUID = 1L;

    public WireException(String message) {
        super(message);
    }
}
