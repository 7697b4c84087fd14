package org.encore.rescore;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.search.Explanation;
import org.encore.json.JsonException;
import org.encore.json.JsonReader;

/**
 * What a ranker says of one score, as the engine's explanations: how the tier was reached, what u is the mean of, which
 * versions gave it. Its form is the ranker's {@code serving/wire.py}.
 *
 * <p>A ranker may say more or less: what is unknown is shown as it is, what is missing is left out.
 */
final class ScoreParts {
    private static final List<String> TIERS = List.of("bad", "fair-fair", "fair-good", "good");
    /** What is shown by itself, or repeats what is. */
    private static final Set<String> SHOWN =
            Set.of("score", "tier", "tier_name", "u", "tier_probabilities", "predictions", "formula", "versions", "generation");

    private final Map<?, ?> parts;
    private final Map<?, ?> formula;

    private ScoreParts(Map<?, ?> parts) {
        this.parts = parts;
        this.formula = map(parts, "formula");
    }

    /** Reads them; without any where {@code json} is null or none. */
    static ScoreParts of(String json) {
        if (json == null) {
            return new ScoreParts(Map.of());
        }
        try {
            return new ScoreParts(JsonReader.parse(json) instanceof Map<?, ?> parts ? parts : Map.of());
        } catch (JsonException e) {
            return new ScoreParts(Map.of()); // Checked when it came; a search is not failed by its explanation.
        }
    }

    private static Map<?, ?> map(Map<?, ?> of, String name) {
        return of.get(name) instanceof Map<?, ?> map ? map : Map.of();
    }

    private static Double number(Map<?, ?> of, Object name) {
        return of.get(name) instanceof Number number ? number.doubleValue() : null;
    }

    /** The tier: the highest that is reached with at least its threshold's probability. */
    Explanation tier(int tier) {
        List<Explanation> details = new ArrayList<>();
        Map<?, ?> reached = map(formula, "reached");
        Map<?, ?> thresholds = map(formula, "tier_at_least");
        for (Object name : reached.keySet()) {
            Double probability = number(reached, name);
            Double least = number(thresholds, name);
            if (probability != null && least != null) {
                String sign = probability >= least ? ">=" : "<";
                details.add(Explanation.match(probability, "P(" + name + " or better), " + sign + " threshold [" + least + "]"));
            }
        }
        Map<?, ?> probabilities = map(parts, "tier_probabilities");
        if (!probabilities.isEmpty()) {
            details.add(part("tier_probabilities", probabilities));
        }
        String description = "tier, [" + TIERS.get(tier) + "] of [bad 0, fair-fair 1, fair-good 2, good 3]";
        return details.isEmpty()
                ? Explanation.match(tier, description)
                : Explanation.match(tier, description + ", the highest whose threshold is reached:", details);
    }

    /** The place within the tier: the weighted mean of relevance and predictions. */
    Explanation u(double u) {
        String description = "u, the place within the tier, in [0, 1)";
        Map<?, ?> weights = map(formula, "weights");
        Map<?, ?> values = map(formula, "values");
        double total = 0;
        for (Object name : weights.keySet()) {
            Double weight = number(weights, name);
            total += weight == null ? 0 : weight;
        }
        List<Explanation> details = new ArrayList<>();
        for (Object name : weights.keySet()) {
            Double weight = number(weights, name);
            Double value = number(values, name);
            if (weight != null && value != null && total > 0) {
                String what = "relevance".equals(name) ? "relevance, the expected tier / 3" : name + ", predicted";
                details.add(Explanation.match(
                        weight * value / total, what + ", weight [" + weight + "] * value [" + value + "] / [" + total + "]"));
            }
        }
        map(parts, "predictions").forEach((task, value) -> {
            if (!weights.containsKey(task) && value instanceof Number number) {
                details.add(Explanation.match(number, task + ", predicted, without weight: not in the sum"));
            }
        });
        return details.isEmpty()
                ? Explanation.match(u, description)
                : Explanation.match(u, description + ", sum of weight * value / sum of weights:", details);
    }

    /**
     * What gave the score, and whatever else the ranker says.
     *
     * @param versions   of the answer; the parts' own come first, since an earlier page may have been scored by others
     * @param generation as {@code versions}
     */
    List<Explanation> others(Map<String, Object> versions, String generation) {
        Map<?, ?> own = map(parts, "versions");
        List<Explanation> others = new ArrayList<>();
        Object by = parts.get("generation") != null ? parts.get("generation") : generation;
        Map<?, ?> used = own.isEmpty() ? versions : own;
        StringBuilder names = new StringBuilder();
        used.forEach((name, version) -> names.append(", ").append(name).append(" [").append(version).append(']'));
        others.add(Explanation.match(used.size(), "versions that gave it: generation [" + by + "]" + names));
        Map<Object, Object> unknown = new LinkedHashMap<>(parts);
        unknown.keySet().removeAll(SHOWN);
        unknown.forEach((name, value) -> others.add(part(String.valueOf(name), value)));
        return others;
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
