package org.encore.rescore;

import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.search.Explanation;
import org.encore.rank.FallbackCause;
import org.encore.rank.ScoreMark;
import org.encore.rank.ScoreScale;
import org.encore.rank.WireResponse;

/**
 * Says how a hit's score on the one scale came about: the formula with its values, then what went into it.
 */
public final class FineRankExplanation {
    private FineRankExplanation() {}

    /**
     * The explanation of a hit from that of its first pass.
     *
     * @param isRanked whether the hit is finely ranked
     */
    public static Explanation of(int doc, boolean isRanked, ShardRanking shard, Explanation firstPass) {
        if (firstPass == null || !firstPass.isMatch()) {
            return Explanation.noMatch("the first pass does not match");
        }
        if (!isRanked) {
            return coarse(shard.cause(), firstPass);
        }
        ShardScores scores = shard.scores();
        int i = scores == null ? -1 : scores.find(doc);
        if (i < 0) {
            return Explanation.match(
                    Float.NaN, "1 + tier + u, finely ranked; its parts are no longer kept on this node", firstPass);
        }
        return fine(scores.response(), i, firstPass);
    }

    /** The explanation of a hit that is not finely ranked; {@code cause} is null where nothing failed. */
    public static Explanation coarse(FallbackCause cause, Explanation firstPass) {
        String why = cause == null ? "" : " because of [" + cause + "]";
        return Explanation.match(
                ScoreScale.coarse(firstPass.getValue().floatValue()),
                "s / (1 + s), not finely ranked" + why + ", s is the coarse score (below 0 counts as 0):",
                firstPass);
    }

    /** The explanation of the hit that is candidate {@code i} of that answer. */
    public static Explanation fine(WireResponse response, int i, Explanation firstPass) {
        ScoreParts parts = ScoreParts.of(response.explanation(i));
        List<Explanation> details = new ArrayList<>();
        details.add(parts.tier(response.tier(i)));
        details.add(parts.u(response.u(i)));
        details.addAll(parts.others(response.versions(), response.generation()));
        details.add(Explanation.match(
                firstPass.getValue(), "coarse score, a feature for the ranker, of the first pass:", firstPass));
        String when = response.mark(i) == ScoreMark.STORED ? " on an earlier page of this request" : "";
        return Explanation.match(response.score(i), "1 + tier + u, finely ranked" + when + ", sum of:", details);
    }
}
