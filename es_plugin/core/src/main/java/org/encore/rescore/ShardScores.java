package org.encore.rescore;

import java.util.Arrays;
import org.encore.rank.WireResponse;

/**
 * The answer for a shard's candidates, findable by document.
 *
 * @param docs     documents in ascending order, as they were sent
 * @param response their tiers, places and parts in the same order
 */
public record ShardScores(int[] docs, WireResponse response) {
    private static final int BYTES_A_CANDIDATE = 64;

    /** Index of that document among the candidates, or negative. */
    public int find(int doc) {
        return Arrays.binarySearch(docs, doc);
    }

    int weight() {
        long bytes = 0;
        for (int i = 0; i < docs.length; i++) {
            String parts = response.explanation(i);
            bytes += BYTES_A_CANDIDATE + (parts == null ? 0 : parts.length()); // Names and numbers: one byte a character.
        }
        return (int) Math.min(bytes, Integer.MAX_VALUE);
    }
}
