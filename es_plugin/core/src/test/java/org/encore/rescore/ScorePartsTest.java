package org.encore.rescore;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.lucene.search.Explanation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each explanation as one line a node, {@code value description}, two blanks a level. */
class ScorePartsTest {
    private static final Map<String, Object> VERSIONS = Map.of("mmoe", "3");
    private static final String JSON =
            """
            {"score": 3.35, "tier": 2, "tier_name": "fair_good", "u": 0.35,
             "tier_probabilities": {"bad": 0.125, "fair_fair": 0.125, "fair_good": 0.5, "good": 0.25},
             "predictions": {"click": 0.25, "share": 0.125},
             "formula": {"version": "1",
                         "tier_at_least": {"fair_fair": 0.5, "good": 0.5},
                         "reached": {"fair_fair": 0.875, "good": 0.25},
                         "weights": {"relevance": 1, "click": 3},
                         "values": {"relevance": 0.5, "click": 0.25},
                         "text": "in one line"},
             "versions": {"mmoe": "2", "formula": "1"}, "generation": "videos-1"}
            """;

    private static List<String> lines(Explanation explanation) {
        List<String> lines = new ArrayList<>();
        add(lines, "", explanation);
        return lines;
    }

    private static void add(List<String> lines, String indent, Explanation explanation) {
        lines.add(indent + explanation.getValue() + " " + explanation.getDescription());
        for (Explanation detail : explanation.getDetails()) {
            add(lines, indent + "  ", detail);
        }
    }

    @Test
    void theTierIsTheHighestThatIsReached() {
        assertEquals(
                List.of(
                        "2 tier, [fair-good] of [bad 0, fair-fair 1, fair-good 2, good 3], the highest whose threshold is reached:",
                        "  0.875 P(fair_fair or better), >= threshold [0.5]",
                        "  0.25 P(good or better), < threshold [0.5]",
                        "  4 tier_probabilities, of:",
                        "    0.125 bad",
                        "    0.125 fair_fair",
                        "    0.5 fair_good",
                        "    0.25 good"),
                lines(ScoreParts.of(JSON).tier(2)));
    }

    @Test
    void uIsTheWeightedMean() {
        assertEquals(
                List.of(
                        "0.3125 u, the place within the tier, in [0, 1), sum of weight * value / sum of weights:",
                        "  0.125 relevance, the expected tier / 3, weight [1.0] * value [0.5] / [4.0]",
                        "  0.1875 click, predicted, weight [3.0] * value [0.25] / [4.0]",
                        "  0.125 share, predicted, without weight: not in the sum"),
                lines(ScoreParts.of(JSON).u(0.3125)));
    }

    @Test
    void theVersionsAreThoseThatScored() {
        List<Explanation> others = ScoreParts.of(JSON).others(VERSIONS, "videos-2");
        assertEquals(1, others.size());
        assertEquals(
                List.of("2 versions that gave it: generation [videos-1], mmoe [2], formula [1]"), lines(others.get(0)));
    }

    @Test
    void whatIsUnknownIsShownAsItIs() {
        List<Explanation> others = ScoreParts.of("{\"mood\": {\"a\": 1, \"b\": [null, \"x\"]}}").others(VERSIONS, "videos-2");
        assertEquals(List.of("1 versions that gave it: generation [videos-2], mmoe [3]"), lines(others.get(0)));
        assertEquals(
                List.of("2 mood, of:", "  1 a", "  2 b, of:", "    0 [0] = [null]", "    0 [1] = [x]"),
                lines(others.get(1)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "5", "null", "{\"formula\": 5}", "{\"formula\": {\"weights\": {\"a\": \"b\"}, \"reached\": {\"a\": 1}}}"})
    void whatIsMissingIsLeftOut(String json) {
        ScoreParts parts = ScoreParts.of(json);
        assertEquals(List.of("0 tier, [bad] of [bad 0, fair-fair 1, fair-good 2, good 3]"), lines(parts.tier(0)));
        assertEquals(List.of("0.5 u, the place within the tier, in [0, 1)"), lines(parts.u(0.5)));
        assertEquals(1, parts.others(VERSIONS, "g").size());
    }

    @Test
    void withoutPartsOnlyTheAnswerSpeaks() {
        assertEquals(
                List.of("1 versions that gave it: generation [g], mmoe [3]"),
                lines(ScoreParts.of(null).others(VERSIONS, "g").get(0)));
    }
}
