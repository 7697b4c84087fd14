package org.encore.http;

/** A call that brought no answer; each kind says how far it came. */
public abstract sealed class HttpFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private HttpFailure(String message, Throwable why) {
        // Failures are ordinary while a peer is down: no trace is worth its price then.
        super(message, why, false, false);
    }

    /** The address takes no connection: refused, unreachable, or its name is unknown. */
    public static final class Refused extends HttpFailure {
        private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message, null);
        }
    }

    /** The connection ended before any byte of an answer came, on a fresh connection too. */
    public static final class Closed extends HttpFailure {
        private static final long serialVersionUID = 1L;

        Closed(String message, Throwable why) {
            super(message, why);
        }
    }

    /** The peer could not show who it is, or the connection ended within an answer. */
    public static final class BrokenOff extends HttpFailure {
        private static final long serialVersionUID = 1L;

        BrokenOff(String message, Throwable why) {
            super(message, why);
        }
    }

    /** What came is no HTTP, or larger than it may be. */
    public static final class BadAnswer extends HttpFailure {
        private static final long serialVersionUID = 1L;

        BadAnswer(String message) {
            super(message, null);
        }
    }

    /** The time was over. */
    public static final class TimeUp extends HttpFailure {
        private static final long serialVersionUID = 1L;

        TimeUp() {
            super("the time is over", null);
        }
    }

    /** The waiting thread was interrupted; its flag is set again. */
    public static final class Interrupted extends HttpFailure {
        private static final long serialVersionUID = 1L;

        Interrupted() {
            super("the thread was interrupted", null);
        }
    }
}
