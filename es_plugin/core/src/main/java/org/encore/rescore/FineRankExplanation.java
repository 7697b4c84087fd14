package org.encore.rescore;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.lucene.search.Explanation;
import org.encore.json.JsonReader;
import org.encore.rank.FallbackCause;
import org.encore.rank.ScoreScale;
import org.encore.rank.WireResponse;

/**
 * Says how a hit's score on the one scale came about: the formula with its values, then what went into it.
 */
public final class FineRankExplanation {
    private static final List<String> TIERS = List.of("bad", "fair-fair", "fair-good", "good");

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
        return isRanked ? fine(doc, shard.scores(), firstPass) : coarse(shard.cause(), firstPass);
    }

    /** The explanation of a hit that is not finely ranked; {@code cause} is null where nothing failed. */
    public static Explanation coarse(FallbackCause cause, Explanation firstPass) {
        String why = cause == null ? "" : " because of [" + cause + "]";
        return Explanation.match(
                ScoreScale.coarse(firstPass.getValue().floatValue()),
                "s / (1 + s), not finely ranked" + why + ", s is the coarse score (below 0 counts as 0):",
                firstPass);
    }

    private static Explanation fine(int doc, ShardScores scores, Explanation firstPass) {
        int i = scores == null ? -1 : scores.find(doc);
        if (i < 0) {
            return Explanation.match(
                    Float.NaN, "1 + tier + u, finely ranked; its parts are no longer kept on this node", firstPass);
        }
        return fine(scores.response(), i, firstPass);
    }

    /** The explanation of the hit that is candidate {@code i} of that answer. */
    public static Explanation fine(WireResponse response, int i, Explanation firstPass) {
        List<Explanation> details = new ArrayList<>();
        int tier = response.tier(i);
        details.add(Explanation.match(tier, "tier, [" + TIERS.get(tier) + "] of [bad 0, fair-fair 1, fair-good 2, good 3]"));
        details.add(Explanation.match(response.u(i), "u, the place within the tier, in [0, 1)"));
        String parts = response.explanation(i);
        if (parts != null) {
            details.add(part("the ranker's parts, versions " + response.versions(), JsonReader.parse(parts)));
        }
        details.add(Explanation.match(
                firstPass.getValue(), "coarse score, a feature for the ranker, of the first pass:", firstPass));
        return Explanation.match(response.score(i), "1 + tier + u, finely ranked, sum of:", details);
    }

    /** Any JSON value as an explanation: numbers as values, everything else in words. */
    private static Explanation part(String name, Object value) {
        return switch (value) {
            case Number number -> Explanation.match(number, name);
            case Map<?, ?> map -> {
                List<Explanation> details = new ArrayList<>();
                map.forEach((key, item) -> details.add(part(String.valueOf(key), item)));
                yield Explanation.match(details.size(), name + ", of:", details);
            }
            case List<?> list -> {
                List<Explanation> details = new ArrayList<>();
                for (int i = 0; i < list.size(); i++) {
                    details.add(part("[" + i + "]", list.get(i)));
                }
                yield Explanation.match(details.size(), name + ", of:", details);
            }
            case null -> Explanation.match(0, name + " = [null]");
            default -> Explanation.match(0, name + " = [" + value + "]");
        };
    }
}
