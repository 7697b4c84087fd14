package org.encore.rank;

/**
 * When a call must be over: the plugin's own bound or the search's, whichever comes first.
 *
 * @param at       {@code System.nanoTime()} of the end
 * @param bySearch whether the search's own timeout sets it
 * @param isFair   whether it leaves at least half of the plugin's own bound; a ranker that misses an
 *                 unfair one shows nothing about its health
 */
public record Deadline(long at, boolean bySearch, boolean isFair) {
    /** As a search's deadline: it has none. */
    public static final long NONE = Long.MAX_VALUE;

    /** The end of a call that begins now and may take that long. */
    public static Deadline of(long now, long timeoutNanos, long searchDeadline) {
        long left = searchDeadline == NONE ? Long.MAX_VALUE : searchDeadline - now;
        if (left >= timeoutNanos) {
            return new Deadline(now + timeoutNanos, false, true);
        }
        return new Deadline(searchDeadline, true, left >= timeoutNanos / 2);
    }

    /** The failure of a call that is not over by now. */
    public RankFailure missed(String what) {
        FallbackCause cause = bySearch ? FallbackCause.SEARCH_TIMEOUT : FallbackCause.TIMEOUT;
        return new RankFailure(cause, what);
    }
}
