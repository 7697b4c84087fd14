package org.encore.proximity;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.search.DocIdSetIterator;

/**
 * The documents that hold at least one slot: a binary min-heap of postings by document.
 *
 * <p>Not thread-safe.
 */
final class SlotUnion extends DocIdSetIterator {
    private final SlotPostings[] heap; // heap[0] has the smallest document
    private final long cost;
    private final List<SlotPostings> matched;
    private int matchedAt = -1;

    /** Unites at least one slot, each before its first document. */
    SlotUnion(List<SlotPostings> slots) {
        heap = slots.toArray(SlotPostings[]::new);
        cost = slots.stream().mapToLong(SlotPostings::cost).sum();
        matched = new ArrayList<>(slots.size());
    }

    @Override
    public int docID() {
        return heap[0].docID();
    }

    @Override
    public int nextDoc() throws IOException {
        return docID() == NO_MORE_DOCS ? NO_MORE_DOCS : advance(docID() + 1);
    }

    @Override
    public int advance(int target) throws IOException {
        while (heap[0].docID() < target) {
            heap[0].advance(target);
            sink(0);
        }
        return heap[0].docID();
    }

    private void sink(int from) {
        SlotPostings moved = heap[from];
        int at = from;
        for (int child = 2 * at + 1; child < heap.length; child = 2 * at + 1) {
            if (child + 1 < heap.length && heap[child + 1].docID() < heap[child].docID()) {
                child++;
            }
            if (moved.docID() <= heap[child].docID()) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = moved;
    }

    @Override
    public long cost() {
        return cost;
    }

    /** The slots that stand in the current document, in no order; the same list until the next move. */
    List<SlotPostings> matched() {
        if (matchedAt != docID()) {
            matched.clear();
            for (SlotPostings slot : heap) {
                if (slot.docID() == docID()) {
                    matched.add(slot);
                }
            }
            matchedAt = docID();
        }
        return matched;
    }

    /** Weight of the slots that may still stand in a document up to {@code upTo}, inclusive. */
    int reachableWeight(int upTo) {
        int weight = 0;
        for (SlotPostings slot : heap) {
            if (slot.docID() <= upTo) {
                weight += slot.weight();
            }
        }
        return weight;
    }
}
