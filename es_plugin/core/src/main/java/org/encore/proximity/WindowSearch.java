package org.encore.proximity;

import java.io.IOException;
import java.util.List;

/**
 * Finds a document's best window: the one worth most by {@link ProximityFormula}.
 *
 * <p>A window starts at a position of one of the slots, and holds for each of its slots the first
 * position at or after that start. For every start the windows of the nearest 1, 2, … slots are weighed:
 * no shorter window from there holds as many. The slots' next positions are kept sorted; a step takes the smallest,
 * weighs the prefixes of the rest, and puts the slot's next position in its place. So every position is read once
 * and costs one pass over the slots: time O(positions · slots), memory O(slots), however long the field.
 *
 * <p>Lifecycle: one for each scorer, reused from document to document. Not thread-safe.
 */
final class WindowSearch {
    private final ProximityFormula formula;
    private final int totalWeight;

    private final SlotPositions[] waiting; // sorted by (position, slot)
    private final int[] position;
    private int count;

    private double best;
    private int bestTerms;
    private int bestInOrder;
    private final int[] bestSlots;
    private final int[] bestPositions;

    /**
     * Makes room for a query.
     *
     * @param slots number of slots of the query
     * @param totalWeight weight of all slots together
     */
    WindowSearch(ProximityFormula formula, int slots, int totalWeight) {
        this.formula = formula;
        this.totalWeight = totalWeight;
        waiting = new SlotPositions[slots];
        position = new int[slots];
        bestSlots = new int[slots];
        bestPositions = new int[slots];
    }

    /** Searches the document in which the {@code matched} slots stand, each before its first position. */
    double best(List<? extends SlotPositions> matched) throws IOException {
        best = 0;
        bestTerms = 0;
        count = 0;
        int reachable = 0; // weight of the slots that still have positions
        for (SlotPositions slot : matched) {
            int first = slot.next();
            if (first != SlotPositions.NO_MORE) {
                reachable += slot.weight();
                insert(slot, first, count++);
            }
        }
        // No window is worth more than the share of the slots that it can hold.
        while (count > 0 && share(reachable) > best) {
            weigh();
            SlotPositions first = waiting[0];
            int next = first.next();
            remove();
            if (next == SlotPositions.NO_MORE) {
                reachable -= first.weight();
            } else {
                insert(first, next, count++);
            }
        }
        return best;
    }

    private double share(int weight) {
        return weight / (double) totalWeight;
    }

    /** Weighs the windows that start at the smallest position: the nearest 1, 2, … slots. */
    private void weigh() {
        int weight = 0;
        int inOrder = 0;
        for (int last = 0; last < count; last++) {
            weight += waiting[last].weight();
            if (last > 0 && waiting[last - 1].slot() < waiting[last].slot()) {
                inOrder++;
            }
            int terms = last + 1;
            int gaps = ProximityFormula.gaps(position[last] - position[0] + 1, terms);
            double value = formula.window(share(weight), gaps, inOrder, terms);
            if (value > best) {
                keep(value, terms, inOrder);
            }
        }
    }

    private void keep(double value, int terms, int inOrder) {
        best = value;
        bestTerms = terms;
        bestInOrder = inOrder;
        for (int i = 0; i < terms; i++) {
            bestSlots[i] = waiting[i].slot();
            bestPositions[i] = position[i];
        }
    }

    private void remove() {
        count--;
        System.arraycopy(waiting, 1, waiting, 0, count);
        System.arraycopy(position, 1, position, 0, count);
    }

    /** Puts a slot at its place among the {@code size} sorted ones; at one position the query's order decides. */
    private void insert(SlotPositions slot, int at, int size) {
        int place = size;
        while (place > 0 && (position[place - 1] > at
                || position[place - 1] == at && waiting[place - 1].slot() > slot.slot())) {
            waiting[place] = waiting[place - 1];
            position[place] = position[place - 1];
            place--;
        }
        waiting[place] = slot;
        position[place] = at;
    }

    /** The window that {@link #best} found last, for explain. */
    Window window() {
        int[] slots = java.util.Arrays.copyOf(bestSlots, bestTerms);
        int[] positions = java.util.Arrays.copyOf(bestPositions, bestTerms);
        return new Window(slots, positions, bestInOrder);
    }

    /**
     * A window: its slots by position.
     *
     * @param slots (terms) which slot of the query, in the order of their positions
     * @param positions (terms) where each stands
     * @param inOrder neighbours that stand in the query's order
     */
    record Window(int[] slots, int[] positions, int inOrder) {
        int terms() {
            return slots.length;
        }

        int start() {
            return positions[0];
        }

        int end() {
            return positions[positions.length - 1];
        }

        int length() {
            return end() - start() + 1;
        }

        int gaps() {
            return ProximityFormula.gaps(length(), terms());
        }
    }
}
