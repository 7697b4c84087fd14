package org.encore.proximity;

import java.io.IOException;
import java.util.List;
import org.apache.lucene.index.PostingsEnum;

/**
 * One slot's postings in one segment: the documents that hold any of its terms, and there the
 * positions of all of them, merged, each position once.
 *
 * <p>Lifecycle: made by a scorer, moved forward by {@link SlotUnion}. Positions are read only between
 * {@link #openPositions()} and the next move. Not thread-safe.
 */
final class SlotPostings implements SlotPositions {
    private final int slot;
    private final int weight;
    private final PostingsEnum[] terms; // those of the slot's terms that the segment has
    private final long cost;
    private int doc = -1;

    private final int[] left; // positions not yet read of each term that stands in the document
    private final int[] next; // each term's next position, or NO_MORE

    SlotPostings(int slot, int weight, List<PostingsEnum> terms) {
        this.slot = slot;
        this.weight = weight;
        this.terms = terms.toArray(PostingsEnum[]::new);
        long cost = 0;
        for (PostingsEnum term : terms) {
            cost += term.cost();
        }
        this.cost = cost;
        left = new int[this.terms.length];
        next = new int[this.terms.length];
    }

    @Override
    public int slot() {
        return slot;
    }

    @Override
    public int weight() {
        return weight;
    }

    long cost() {
        return cost;
    }

    int docID() {
        return doc;
    }

    /** Moves to the first document at or after {@code target} that holds one of the terms. */
    int advance(int target) throws IOException {
        int smallest = PostingsEnum.NO_MORE_DOCS;
        for (PostingsEnum term : terms) {
            int at = term.docID();
            if (at < target) {
                at = target == at + 1 ? term.nextDoc() : term.advance(target);
            }
            smallest = Math.min(smallest, at);
        }
        return doc = smallest;
    }

    /** Gets ready to read the document's positions. */
    void openPositions() throws IOException {
        for (int i = 0; i < terms.length; i++) {
            left[i] = terms[i].docID() == doc ? terms[i].freq() : 0;
            step(i);
        }
    }

    private void step(int term) throws IOException {
        next[term] = left[term] == 0 ? NO_MORE : terms[term].nextPosition();
        left[term] = Math.max(0, left[term] - 1);
    }

    @Override
    public int next() throws IOException {
        int smallest = NO_MORE;
        for (int at : next) {
            smallest = Math.min(smallest, at);
        }
        if (smallest != NO_MORE) {
            for (int i = 0; i < next.length; i++) {
                while (next[i] == smallest) {
                    step(i);
                }
            }
        }
        return smallest;
    }
}
