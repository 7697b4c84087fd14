package org.encore.rescore;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.encore.rank.ExpiringCache;
import org.encore.rank.FallbackCause;

/**
 * What the query phase of a search leaves for the phases after it: why a shard fell back, how its scores came about,
 * and their parts where the search asks for them. Bounded in number, weight and time. Thread-safe.
 */
public final class SearchTraces {
    /** Far more searches than can be between their phases at once. */
    private static final int MAX_SEARCHES = 4_096;
    private static final int MAX_EXPLAINED_SHARDS = 256;
    private static final long MAX_EXPLAINED_BYTES = 16 << 20;
    /** No search takes that long between its phases and then still matters. */
    private static final long LIFE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final ExpiringCache<ShardKey, FallbackCause> causes;
    private final ExpiringCache<String, Set<FallbackCause>> causesOfSearch;
    private final ExpiringCache<ShardKey, ShardMarks> marks;
    private final ExpiringCache<ShardKey, ShardScores> scores;

    public SearchTraces(LongSupplier nanoTime) {
        causes = new ExpiringCache<>(MAX_SEARCHES, MAX_SEARCHES, LIFE_NANOS, cause -> 1, nanoTime);
        causesOfSearch = new ExpiringCache<>(MAX_SEARCHES, MAX_SEARCHES, LIFE_NANOS, set -> 1, nanoTime);
        marks = new ExpiringCache<>(MAX_SEARCHES, MAX_SEARCHES, LIFE_NANOS, mark -> 1, nanoTime);
        scores = new ExpiringCache<>(
                MAX_EXPLAINED_SHARDS, MAX_EXPLAINED_BYTES, LIFE_NANOS, ShardScores::weight, nanoTime);
    }

    /** Keeps why a shard fell back. */
    public void fellBack(ShardKey key, FallbackCause cause) {
        causes.put(key, cause);
        fellBack(key.token(), cause);
    }

    /** Keeps that a shard of that execution fell back, on this node or another. */
    public void fellBack(String token, FallbackCause cause) {
        synchronized (causesOfSearch) {
            Set<FallbackCause> known = causesOfSearch.get(token);
            Set<FallbackCause> all = known == null ? EnumSet.noneOf(FallbackCause.class) : EnumSet.copyOf(known);
            all.add(cause);
            causesOfSearch.put(token, all);
        }
    }

    /** Why that shard fell back, or null. */
    public FallbackCause cause(ShardKey key) {
        return causes.get(key);
    }

    /** Takes why shards fell back in that execution, as far as this node knows; empty where none did. */
    public Set<FallbackCause> takeCauses(String token) {
        Set<FallbackCause> all = causesOfSearch.remove(token);
        return all == null ? Set.of() : all;
    }

    /** Keeps how a shard's scores came about. */
    public void marked(ShardKey key, ShardMarks shardMarks) {
        marks.put(key, shardMarks);
    }

    /** How a shard's scores came about, or null where nobody knows (any more). */
    public ShardMarks marks(ShardKey key) {
        return marks.get(key);
    }

    /** Keeps a shard's scores for explanation. */
    public void ranked(ShardKey key, ShardScores shardScores) {
        scores.put(key, shardScores);
    }

    /** A shard's scores, or null where none are kept (any more). */
    public ShardScores scores(ShardKey key) {
        return scores.get(key);
    }
}
