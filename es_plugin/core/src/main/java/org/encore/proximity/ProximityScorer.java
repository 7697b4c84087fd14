package org.encore.proximity;

import java.io.IOException;
import java.util.List;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.TwoPhaseIterator;

/**
 * Scores the documents of a {@link SlotUnion}.
 *
 * <p>Which slots a document holds bounds its score (score ≤ boost · coverage), and costs no position:
 * that bound is the second phase of the iteration once a collector names a least score, and it is all that a
 * document with one slot needs. Positions are read for the others, when their score is asked for.
 */
final class ProximityScorer extends Scorer {
    private final SlotUnion union;
    private final ProximityFormula formula;
    private final WindowSearch windows;
    private final int totalWeight;
    private final float boost;
    private final ScoreMode scoreMode;
    private float leastScore;
    private int scoredDoc = -1; // positions can be read once: a second call gets the score kept here
    private float score;

    ProximityScorer(ProximityQuery query, SlotUnion union, float boost, ScoreMode scoreMode) {
        this.union = union;
        this.formula = query.formula();
        this.totalWeight = query.totalWeight();
        this.windows = new WindowSearch(formula, query.slots().size(), totalWeight);
        this.boost = boost;
        this.scoreMode = scoreMode;
    }

    @Override
    public int docID() {
        return union.docID();
    }

    @Override
    public DocIdSetIterator iterator() {
        TwoPhaseIterator phases = twoPhaseIterator();
        return phases == null ? union : TwoPhaseIterator.asDocIdSetIterator(phases);
    }

    @Override
    public TwoPhaseIterator twoPhaseIterator() {
        if (scoreMode != ScoreMode.TOP_SCORES) {
            return null; // every document of the union is wanted
        }
        return new TwoPhaseIterator(union) {
            @Override
            public boolean matches() {
                return bound(coverage(union.matched())) >= leastScore;
            }

            @Override
            public float matchCost() {
                return totalWeight; // one comparison a slot
            }
        };
    }

    @Override
    public float score() throws IOException {
        if (!scoreMode.needsScores()) {
            return 0;
        }
        if (scoredDoc != union.docID()) {
            score = compute();
            scoredDoc = union.docID();
        }
        return score;
    }

    private float compute() throws IOException {
        List<SlotPostings> matched = union.matched();
        double coverage = coverage(matched);
        if (matched.size() == 1) {
            return bound(coverage); // nothing to measure: its window is its coverage
        }
        for (SlotPostings slot : matched) {
            slot.openPositions();
        }
        return (float) (boost * formula.score(coverage, windows.best(matched)));
    }

    private double coverage(List<SlotPostings> matched) {
        int weight = 0;
        for (SlotPostings slot : matched) {
            weight += slot.weight();
        }
        return weight / (double) totalWeight;
    }

    private float bound(double coverage) {
        return (float) (boost * coverage);
    }

    @Override
    public float getMaxScore(int upTo) {
        return bound(union.reachableWeight(upTo) / (double) totalWeight);
    }

    @Override
    public void setMinCompetitiveScore(float leastScore) {
        this.leastScore = leastScore;
    }
}
