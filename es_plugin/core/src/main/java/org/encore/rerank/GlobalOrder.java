package org.encore.rerank;

import java.util.Arrays;
import java.util.Map;
import org.apache.lucene.search.Explanation;
import org.encore.rank.FallbackCause;
import org.encore.rank.ScoreScale;
import org.encore.rank.WireResponse;
import org.encore.rescore.FineRankExplanation;
import org.encore.rescore.HitMark;

/**
 * What came of a window: each hit's score on the one scale, and their order by it.
 *
 * <p>A hit is named by its place in the window, which is its coarse rank from 0; its rank is its place in this order, from
 * 0 too. Ties keep the window's order. All hits that can be ranked are, or none. Immutable.
 */
public final class GlobalOrder {
    private final GlobalWindow window;
    private final WireResponse response;
    private final FallbackCause cause;
    private final float[] scores;
    private final int[] places;

    private GlobalOrder(GlobalWindow window, WireResponse response, FallbackCause cause) {
        this.window = window;
        this.response = response;
        this.cause = cause;
        this.scores = new float[window.count()];
        for (int place = 0; place < scores.length; place++) {
            scores[place] = isFine(place)
                    ? response.score(window.candidate(place))
                    : ScoreScale.coarse(window.score(place));
        }
        this.places = byScore(scores);
    }

    /** The order by the ranker's answer for the window's candidates. */
    static GlobalOrder fine(GlobalWindow window, WireResponse response) {
        return new GlobalOrder(window, response, null);
    }

    /** The coarse order, because of that; null where there was nothing to rank. */
    static GlobalOrder coarse(GlobalWindow window, FallbackCause cause) {
        return new GlobalOrder(window, null, cause);
    }

    /** Places by descending score. A score of the scale is never negative, so its bits sort as it does. */
    private static int[] byScore(float[] scores) {
        long[] keys = new long[scores.length];
        for (int place = 0; place < keys.length; place++) {
            keys[place] = (long) ~Float.floatToIntBits(scores[place]) << Integer.SIZE | place;
        }
        Arrays.sort(keys);
        int[] places = new int[keys.length];
        for (int rank = 0; rank < places.length; rank++) {
            places[rank] = (int) keys[rank];
        }
        return places;
    }

    /** Number of hits. */
    public int count() {
        return places.length;
    }

    /** The place in the window of the hit with that rank. */
    public int place(int rank) {
        return places[rank];
    }

    /** The score of the hit at that place. */
    public float score(int place) {
        return scores[place];
    }

    /** Whether the hit at that place is finely ranked. */
    public boolean isFine(int place) {
        return response != null && window.candidate(place) != GlobalWindow.NO_CANDIDATE;
    }

    /** Whether the ranker answered; else {@link #cause} says why it didn't, where it was asked. */
    public boolean isRanked() {
        return response != null;
    }

    /** Why the window kept its coarse order, or null. */
    public FallbackCause cause() {
        return cause;
    }

    /** The mark of the hit at that place, as {@link HitMark} has it. */
    public Map<String, Object> mark(int place) {
        return isFine(place) ? HitMark.fine(response.mark(window.candidate(place))) : HitMark.coarse(cause);
    }

    /** How the score of the hit at that place came about, from that of its first pass. */
    public Explanation explain(int place, Explanation firstPass) {
        if (!firstPass.isMatch()) {
            return firstPass;
        }
        return isFine(place)
                ? FineRankExplanation.fine(response, window.candidate(place), firstPass)
                : FineRankExplanation.coarse(cause, firstPass);
    }

    /** How many of the hits, best first, score at least that. */
    public int atLeast(float score) {
        int rank = 0;
        while (rank < places.length && scores[places[rank]] >= score) {
            rank++;
        }
        return rank;
    }
}
