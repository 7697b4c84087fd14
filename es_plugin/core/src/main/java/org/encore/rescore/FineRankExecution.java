package org.encore.rescore;

/**
 * What the coordinator knows of one execution of a search; it has no form in requests.
 *
 * @param token         tells this execution from others of the same request id; null until the coordinator set it
 * @param timeoutMillis the search's own timeout, or −1
 * @param explain       whether the search asks for explanations
 */
public record FineRankExecution(String token, long timeoutMillis, boolean explain) {
    /** Before the coordinator saw it. */
    public static final FineRankExecution UNSET = new FineRankExecution(null, -1, false);

    /** A new execution. */
    public static FineRankExecution of(long timeoutMillis, boolean explain) {
        return new FineRankExecution(FreshId.next(), timeoutMillis, explain);
    }

    /** This one, with a token where it has none. */
    public FineRankExecution identified() {
        return token != null ? this : of(timeoutMillis, explain);
    }
}
