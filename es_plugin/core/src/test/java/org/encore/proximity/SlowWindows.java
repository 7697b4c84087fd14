package org.encore.proximity;

import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * The best window by the words of {@link WindowSearch}'s documentation, without its economy: from every start, every
 * slot's first position at or after it, every number of nearest slots.
 */
final class SlowWindows {
    private record Place(int slot, int weight, int position) {}

    private SlowWindows() {}

    static double best(ProximityFormula formula, int totalWeight, List<FakeSlot> slots) {
        double best = 0;
        for (FakeSlot starter : slots) {
            for (int start : starter.positions()) {
                List<Place> places = slots.stream()
                        .flatMap(slot -> place(slot, start).stream())
                        .sorted(Comparator.comparingInt(Place::position).thenComparingInt(Place::slot))
                        .toList();
                for (int terms = 1; terms <= places.size(); terms++) {
                    best = Math.max(best, value(formula, totalWeight, places.subList(0, terms)));
                }
            }
        }
        return best;
    }

    private static List<Place> place(FakeSlot slot, int start) {
        OptionalInt first = IntStream.of(slot.positions()).filter(at -> at >= start).findFirst();
        return first.isEmpty() ? List.of() : List.of(new Place(slot.slot(), slot.weight(), first.getAsInt()));
    }

    private static double value(ProximityFormula formula, int totalWeight, List<Place> window) {
        int terms = window.size();
        int weight = window.stream().mapToInt(Place::weight).sum();
        int length = window.get(terms - 1).position() - window.get(0).position() + 1;
        int inOrder = (int) IntStream.range(1, terms)
                .filter(i -> window.get(i - 1).slot() < window.get(i).slot())
                .count();
        double share = weight / (double) totalWeight;
        return formula.window(share, ProximityFormula.gaps(length, terms), inOrder, terms);
    }
}
