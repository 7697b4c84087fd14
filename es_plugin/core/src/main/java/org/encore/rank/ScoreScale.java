package org.encore.rank;

/**
 * The one score scale of a search, the same on every shard.
 *
 * <pre>
 * not finely ranked   s / (1 + s)    in [0, 1)               s the coarse score; s &lt; 0 or NaN counts as 0
 * finely ranked       1 + tier + u   in [1 + tier, 2 + tier)  tier 0 bad … 3 good, u in [0, 1)
 * </pre>
 *
 * <p>So a shard that fell back comes last, never first. Both are computed in double and rounded
 * <em>down</em> to float: rounding to nearest could lift a score to the foot of the next band. Both are
 * monotone, but not strictly: large coarse scores may meet in one float, and ties keep the order in
 * which the hits came.
 */
public final class ScoreScale {
    /** The best tier: 0 bad, 1 fair-fair, 2 fair-good, 3 good. */
    public static final int MAX_TIER = 3;

    private ScoreScale() {}

    /** The scale's value for a hit that has only its coarse score: {@code s / (1 + s)}, in [0, 1). */
    public static float coarse(float score) {
        if (!(score > 0)) {
            return 0f;
        }
        if (score == Float.POSITIVE_INFINITY) {
            return Math.nextDown(1f);
        }
        double s = score;
        return down(s / (1 + s), 1f);
    }

    /**
     * The scale's value for a finely ranked hit: {@code 1 + tier + u}.
     *
     * @param tier 0 to {@link #MAX_TIER}
     * @param u    place within the tier, in [0, 1)
     */
    public static float fine(int tier, double u) {
        if (tier < 0 || tier > MAX_TIER) {
            throw new IllegalArgumentException("tier [" + tier + "] is not between [0] and [" + MAX_TIER + "]");
        }
        if (!(u >= 0 && u < 1)) {
            throw new IllegalArgumentException("u [" + u + "] is not in [0, 1)");
        }
        return down(1 + tier + u, 2f + tier);
    }

    /** The largest float that is at most {@code value} and below {@code top}, the foot of the next band. */
    private static float down(double value, float top) {
        float rounded = (float) value;
        if (rounded > value) {
            rounded = Math.nextDown(rounded);
        }
        return rounded < top ? rounded : Math.nextDown(top);
    }
}
