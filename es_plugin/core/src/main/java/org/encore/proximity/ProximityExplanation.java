package org.encore.proximity;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.search.Explanation;

/** Says how a document came by its proximity score: the formula of {@link ProximityFormula} with its values in it. */
final class ProximityExplanation {
    private final ProximityQuery query;
    private final ProximityFormula formula;
    private final float boost;

    ProximityExplanation(ProximityQuery query, float boost) {
        this.query = query;
        this.formula = query.formula();
        this.boost = boost;
    }

    /** Explains the document on which the {@code matched} slots stand. */
    Explanation of(List<SlotPostings> matched) throws IOException {
        int weight = 0;
        for (SlotPostings slot : matched) {
            weight += slot.weight();
            slot.openPositions();
        }
        int total = query.totalWeight();
        double coverage = weight / (double) total;
        WindowSearch search = new WindowSearch(formula, query.slots().size(), total);
        double best = search.best(matched);
        float score = (float) (boost * formula.score(coverage, best));
        return Explanation.match(
                score,
                query + ", boost * (coverage - window_weight * (coverage - window)) from:",
                Explanation.match(boost, "boost"),
                Explanation.match(formula.windowWeight(), "window_weight"),
                coverage(coverage, weight, total, matched),
                window(best, search.window(), total));
    }

    private Explanation coverage(double coverage, int weight, int total, List<SlotPostings> matched) {
        List<String> missing = new ArrayList<>();
        for (int i = 0; i < query.slots().size(); i++) {
            int slot = i;
            if (matched.stream().noneMatch(candidate -> candidate.slot() == slot)) {
                missing.add(query.slots().get(i).toString());
            }
        }
        String absent = missing.isEmpty() ? "" : ", missing " + missing;
        return Explanation.match(coverage, "coverage, weight of the terms in the field / of the query = "
                + weight + " / " + total + absent);
    }

    private Explanation window(double best, WindowSearch.Window window, int total) {
        int terms = window.terms();
        List<String> held = new ArrayList<>();
        int weight = 0;
        for (int i = 0; i < terms; i++) {
            Slot slot = query.slots().get(window.slots()[i]);
            held.add(slot + "@" + window.positions()[i]);
            weight += slot.weight();
        }
        return Explanation.match(
                best,
                "window " + held + ", share * (1 + (terms - 1) * tightness * order) / terms from:",
                Explanation.match(terms, "terms, in the window"),
                Explanation.match(
                        weight / (double) total,
                        "share, weight of the terms in the window / of the query = " + weight + " / " + total),
                Explanation.match(
                        formula.tightness(window.gaps(), terms),
                        terms == 1
                                ? "tightness of one term"
                                : "tightness, 1 / (1 + gaps / ((terms - 1) * half_gap)) = 1 / (1 + " + window.gaps()
                                        + " / ((" + terms + " - 1) * " + formula.halfGap() + "))"),
                Explanation.match(
                        formula.order(window.inOrder(), terms),
                        terms == 1
                                ? "order of one term"
                                : "order, 1 - order_weight * (1 - in_order / (terms - 1)) = 1 - " + formula.orderWeight()
                                        + " * (1 - " + window.inOrder() + " / (" + terms + " - 1))"));
    }
}
