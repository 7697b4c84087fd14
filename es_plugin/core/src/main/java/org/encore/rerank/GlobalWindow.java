package org.encore.rerank;

import java.nio.charset.StandardCharsets;
import org.encore.rank.Candidates;

/**
 * The best hits of a whole search, best coarse score first, as they go to the ranker.
 *
 * <p>A hit without an id cannot be ranked: it has a place here, but is no candidate. Not thread-safe while it is filled.
 */
public final class GlobalWindow {
    /** In place of a candidate's number: the hit is none. */
    static final int NO_CANDIDATE = -1;

    private final float[] scores;
    private final int[] candidateOf;
    private final Candidates candidates;
    private int count;

    /** Room for {@code capacity} hits. */
    public GlobalWindow(int capacity) {
        scores = new float[capacity];
        candidateOf = new int[capacity];
        candidates = new Candidates(capacity);
    }

    /**
     * Adds the next hit.
     *
     * @param videoId null where the document has none
     * @param score   its coarse score
     */
    public void add(String videoId, float score) {
        scores[count] = score;
        candidateOf[count] = videoId == null ? NO_CANDIDATE : candidates.count();
        count++;
        if (videoId != null) {
            byte[] id = videoId.getBytes(StandardCharsets.UTF_8);
            candidates.add(id, 0, id.length, score);
        }
    }

    /** Number of hits. */
    public int count() {
        return count;
    }

    /** The hits that can be ranked, in the order of adding. */
    Candidates candidates() {
        return candidates;
    }

    float score(int place) {
        return scores[place];
    }

    /** Number among the candidates of the hit at that place, or {@link #NO_CANDIDATE}. */
    int candidate(int place) {
        return candidateOf[place];
    }
}
