package org.encore.rank;

/** A call of the ranker that gave nothing. The message says what happened, the cause how it counts. */
public final class RankFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final FallbackCause fallbackCause;

    public RankFailure(FallbackCause cause, String message) {
        this(cause, message, null);
    }

    public RankFailure(FallbackCause cause, String message, Throwable why) {
        // Failures are ordinary while a ranker is down: no trace of ours is worth its price then.
        super(message, why, false, false);
        this.fallbackCause = cause;
    }

    /** How this failure counts and what the hits are marked with. */
    public FallbackCause fallbackCause() {
        return fallbackCause;
    }
}
