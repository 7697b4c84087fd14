package org.encore.rescore;

import java.util.Arrays;
import org.encore.rank.ScoreMark;
import org.encore.rank.WireResponse;

/**
 * How a shard's fine scores came about: scored now, or known to the ranker from an earlier page.
 *
 * @param common what holds for all candidates; null where they differ
 * @param stored where they differ: documents of the stored ones, ascending
 */
public record ShardMarks(ScoreMark common, int[] stored) {
    private static final int[] NONE = {};

    /** The marks of an answer, or null where it doesn't say. {@code docs} are its candidates' documents, ascending. */
    public static ShardMarks of(int[] docs, WireResponse response) {
        if (response.commonMark() != null) {
            return new ShardMarks(response.commonMark(), NONE);
        }
        if (docs.length == 0 || response.mark(0) == null) {
            return null;
        }
        int[] stored = new int[docs.length];
        int count = 0;
        for (int i = 0; i < docs.length; i++) {
            if (response.mark(i) == ScoreMark.STORED) {
                stored[count++] = docs[i];
            }
        }
        return new ShardMarks(null, Arrays.copyOf(stored, count));
    }

    /** The mark of a candidate's document. */
    public ScoreMark of(int doc) {
        if (common != null) {
            return common;
        }
        return Arrays.binarySearch(stored, doc) >= 0 ? ScoreMark.STORED : ScoreMark.SCORED;
    }
}
