package org.encore.text;

/** A dictionary is missing or damaged; the message names it in [brackets] and says what to do. */
public final class DictionaryException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public DictionaryException(String message) {
        super(message);
    }

    public DictionaryException(String message, Throwable cause) {
        super(message, cause);
    }
}
