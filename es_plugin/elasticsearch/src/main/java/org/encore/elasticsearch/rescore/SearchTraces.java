package org.encore.elasticsearch.rescore;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.encore.rank.ExpiringCache;
import org.encore.rank.FallbackCause;
import org.encore.rank.WireResponse;

/**
 * What the query phase of a search leaves for the phases after it: why a shard fell back, how its scores came about,
 * and their parts where the search asks for them. Bounded in number, weight and time. Thread-safe.
 */
final class SearchTraces {
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

    SearchTraces(LongSupplier nanoTime) {
        causes = new ExpiringCache<>(MAX_SEARCHES, MAX_SEARCHES, LIFE_NANOS, cause -> 1, nanoTime);
        causesOfSearch = new ExpiringCache<>(MAX_SEARCHES, MAX_SEARCHES, LIFE_NANOS, set -> 1, nanoTime);
        marks = new ExpiringCache<>(MAX_SEARCHES, MAX_SEARCHES, LIFE_NANOS, mark -> 1, nanoTime);
        scores = new ExpiringCache<>(
                MAX_EXPLAINED_SHARDS, MAX_EXPLAINED_BYTES, LIFE_NANOS, ShardScores::weight, nanoTime);
    }

    /** Keeps why a shard fell back. */
    void fellBack(ShardKey key, FallbackCause cause) {
        causes.put(key, cause);
        fellBack(key.token(), cause);
    }

    /** Keeps that a shard of that execution fell back, on this node or another. */
    void fellBack(String token, FallbackCause cause) {
        synchronized (causesOfSearch) {
            Set<FallbackCause> known = causesOfSearch.get(token);
            Set<FallbackCause> all = known == null ? EnumSet.noneOf(FallbackCause.class) : EnumSet.copyOf(known);
            all.add(cause);
            causesOfSearch.put(token, all);
        }
    }

    /** Why that shard fell back, or null. */
    FallbackCause cause(ShardKey key) {
        return causes.get(key);
    }

    /** Takes why shards fell back in that execution, as far as this node knows; empty where none did. */
    Set<FallbackCause> takeCauses(String token) {
        Set<FallbackCause> all = causesOfSearch.remove(token);
        return all == null ? Set.of() : all;
    }

    /** Keeps how a shard's scores came about. */
    void marked(ShardKey key, ShardMarks shardMarks) {
        marks.put(key, shardMarks);
    }

    /** How a shard's scores came about, or null where nobody knows (any more). */
    ShardMarks marks(ShardKey key) {
        return marks.get(key);
    }

    /** Keeps a shard's scores for explanation. */
    void ranked(ShardKey key, ShardScores shardScores) {
        scores.put(key, shardScores);
    }

    /** A shard's scores, or null where none are kept (any more). */
    ShardScores scores(ShardKey key) {
        return scores.get(key);
    }

    /**
     * The answer for a shard's candidates, findable by document.
     *
     * @param docs     documents in ascending order, as they were sent
     * @param response their tiers, places and parts in the same order
     */
    record ShardScores(int[] docs, WireResponse response) {
        private static final int BYTES_A_CANDIDATE = 64;

        /** Index of that document among the candidates, or negative. */
        int find(int doc) {
            return Arrays.binarySearch(docs, doc);
        }

        private int weight() {
            long bytes = 0;
            for (int i = 0; i < docs.length; i++) {
                String parts = response.explanation(i);
                bytes += BYTES_A_CANDIDATE + (parts == null ? 0 : 2L * parts.length());
            }
            return (int) Math.min(bytes, Integer.MAX_VALUE);
        }
    }
}
