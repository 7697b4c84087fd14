package org.encore.rank;

import java.util.Arrays;

/**
 * The candidates of one shard, collected in one pass: coarse score and id, in the order of adding.
 *
 * <p>Ids stay what the index holds, UTF-8 bytes, and lie one after the other as the wire wants them.
 * Not thread-safe.
 */
public final class Candidates {
    private static final int USUAL_ID_BYTES = 16;

    private final float[] scores;
    private final int[] ends;
    private byte[] ids;
    private int count;

    /** Room for {@code capacity} candidates. */
    public Candidates(int capacity) {
        scores = new float[capacity];
        ends = new int[capacity];
        ids = new byte[capacity * USUAL_ID_BYTES];
    }

    /**
     * Adds a candidate. A coarse score that is no number counts as 0; an infinite one as the largest.
     *
     * @param bytes holds the id's UTF-8 in {@code [offset, offset + length)}; copied
     */
    public void add(byte[] bytes, int offset, int length, float score) {
        int start = count == 0 ? 0 : ends[count - 1];
        int end = Math.addExact(start, length);
        if (end > ids.length) {
            ids = Arrays.copyOf(ids, Math.max(end, ids.length * 2));
        }
        System.arraycopy(bytes, offset, ids, start, length);
        ends[count] = end;
        scores[count++] = finite(score);
    }

    private static float finite(float score) {
        if (Float.isNaN(score)) {
            return 0f;
        }
        return Math.clamp(score, -Float.MAX_VALUE, Float.MAX_VALUE);
    }

    /** How many have been added. */
    public int count() {
        return count;
    }

    float score(int i) {
        return scores[i];
    }

    int end(int i) {
        return ends[i];
    }

    int idBytes() {
        return count == 0 ? 0 : ends[count - 1];
    }

    byte[] ids() {
        return ids;
    }
}
