package org.encore.proximity;

/**
 * The formula of the proximity score, apart from how its inputs are found.
 *
 * <pre>
 * score     = coverage − window_weight · (coverage − window)
 * coverage  = share of the query's weight whose terms stand anywhere in the field
 * window    = the best, over the windows of the field, of share · (1 + (terms − 1) · tightness · order) / terms
 *   terms     = how many of the query's words the window holds
 *   share     = share of the query's weight whose terms stand in the window
 *   tightness = 1 / (1 + gaps / ((terms − 1) · half_gap)),  1 for one term
 *   gaps      = positions of the window beyond one for each of its terms, at least 0
 *   order     = 1 − order_weight · (1 − in_order / (terms − 1)),  1 for one term
 *   in_order  = neighbours in the window that stand in the query's order
 * </pre>
 *
 * <p>A query's weight is the number of its words; a word written twice weighs two. Every factor lies
 * in [0, 1], and {@code share ≤ coverage}, so {@code window ≤ coverage} and {@code 0 ≤ score ≤ coverage ≤ 1}:
 * coverage bounds the score without reading a position. A field that holds one of the query's terms scores
 * that term's share exactly, so a query of one term scores 1 wherever it matches.
 *
 * <p>The formula is this project's own. The first term of a window is held whatever the gaps; what tightness
 * and order decide is the other {@code terms − 1}. A window that leaves terms out competes with the one that
 * holds all. Without either a far-away term would make a field worth less than the same field without it.
 *
 * @param windowWeight weight of the best window against coverage, in [0, 1]
 * @param orderWeight what a window loses when no neighbours stand in the query's order, in [0, 1]
 * @param halfGap gaps between two neighbours that halve a window's tightness, in positions, above 0
 */
public record ProximityFormula(float windowWeight, float orderWeight, float halfGap) {
    /**
     * Most of the score, for tightness is what BM25 beside it cannot see; the rest goes to coverage, so that of two
     * fields with the same window the one with a further term somewhere wins.
     */
    public static final float DEFAULT_WINDOW_WEIGHT = 0.7f;

    /** People type "晴天 周杰伦" as readily as "周杰伦 晴天": order settles near ties, it never outweighs a term. */
    public static final float DEFAULT_ORDER_WEIGHT = 0.2f;

    /**
     * A separator keeps its positions, and the longest usual one between artist and song, " - ", has
     * three: one more, so that a separator alone never halves a title.
     */
    public static final float DEFAULT_HALF_GAP = 4f;

    /** The formula with the default constants. */
    public static final ProximityFormula DEFAULT =
            new ProximityFormula(DEFAULT_WINDOW_WEIGHT, DEFAULT_ORDER_WEIGHT, DEFAULT_HALF_GAP);

    /** Refuses constants under which the score would leave [0, 1]. */
    public ProximityFormula {
        requireShare("window_weight", windowWeight);
        requireShare("order_weight", orderWeight);
        if (!(halfGap > 0) || Float.isInfinite(halfGap)) {
            throw new IllegalArgumentException("half_gap must be a finite number above 0, got [" + halfGap + "]");
        }
    }

    private static void requireShare(String name, float value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(name + " must lie between 0 and 1, got [" + value + "]");
        }
    }

    /** The positions of a window beyond one for each of its terms; 0 where terms share a position. */
    public static int gaps(int length, int terms) {
        return Math.max(0, length - terms);
    }

    /** How close together the terms stand: 1 without gaps, ½ at {@code half_gap} gaps a junction. */
    public double tightness(int gaps, int terms) {
        return terms == 1 ? 1 : 1 / (1 + gaps / ((terms - 1) * (double) halfGap));
    }

    /** What is left by the terms' order: 1 in the query's order, {@code 1 − order_weight} in none of it. */
    public double order(int inOrder, int terms) {
        return terms == 1 ? 1 : 1 - orderWeight * (1 - inOrder / (double) (terms - 1));
    }

    /** What a window is worth; at least one of its terms' share, at most {@code share}. */
    public double window(double share, int gaps, int inOrder, int terms) {
        return share * (1 + (terms - 1) * tightness(gaps, terms) * order(inOrder, terms)) / terms;
    }

    /** The score of a field with this coverage and this best window; never above its coverage. */
    public double score(double coverage, double window) {
        return coverage - windowWeight * (coverage - window);
    }
}
