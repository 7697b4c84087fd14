package org.encore.proximity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Constants easy to reckon with: a window in the wrong order loses half, 4 gaps a junction lose half. */
class WindowSearchTest {
    private static final double EXACT = 1e-12;
    private static final ProximityFormula FORMULA = new ProximityFormula(0.75f, 0.5f, 4);

    private static double best(int totalWeight, FakeSlot... slots) throws IOException {
        return new WindowSearch(FORMULA, slots.length, totalWeight).best(List.of(slots));
    }

    @Test
    void neighboursInOrderAreWorthOne() throws IOException {
        assertEquals(1, best(2, new FakeSlot(0, 1, 7), new FakeSlot(1, 1, 8)), EXACT);
    }

    @Test
    void neighboursInTheWrongOrderLoseTheOrderWeightOfOneTerm() throws IOException {
        assertEquals(0.75, best(2, new FakeSlot(0, 1, 8), new FakeSlot(1, 1, 7)), EXACT); // (1 + ½) / 2
    }

    @Test
    void fourGapsHalveTheSecondTerm() throws IOException {
        assertEquals(0.75, best(2, new FakeSlot(0, 1, 0), new FakeSlot(1, 1, 5)), EXACT); // (1 + ½) / 2
    }

    @Test
    void theTightestOfSeveralWindowsCounts() throws IOException {
        // a . . b . . . a b: the last two
        assertEquals(1, best(2, new FakeSlot(0, 1, 0, 7), new FakeSlot(1, 1, 3, 8)), EXACT);
    }

    @Test
    void aWindowInOrderMayBeatATighterOneOutOfOrder() throws IOException {
        // b a . b: [b a] is worth (1 + ½) / 2 = 0.75, [a . b] has one gap: (1 + 0.8) / 2 = 0.9
        assertEquals(0.9, best(2, new FakeSlot(0, 1, 1), new FakeSlot(1, 1, 0, 3)), EXACT);
    }

    @Test
    void aFarAwayTermIsLeftOut() throws IOException {
        // a b c with d 1,000 positions on: 3 of 4 terms without a gap
        assertEquals(
                0.75,
                best(
                        4,
                        new FakeSlot(0, 1, 0),
                        new FakeSlot(1, 1, 1),
                        new FakeSlot(2, 1, 2),
                        new FakeSlot(3, 1, 1002)),
                EXACT);
    }

    @Test
    void aTermWithoutPositionsIsMissing() throws IOException {
        assertEquals(0.5, best(2, new FakeSlot(0, 1, 4)), EXACT);
    }

    @Test
    void aRepeatedWordWeighsDouble() throws IOException {
        assertEquals(2 / 3.0, best(3, new FakeSlot(0, 2, 4)), EXACT);
    }

    @Test
    void termsAtOnePositionNeedNoGapAndStandInOrder() throws IOException {
        assertEquals(1, best(2, new FakeSlot(0, 1, 4), new FakeSlot(1, 1, 4)), EXACT);
    }

    @Test
    void theWindowCanBeShown() throws IOException {
        // c a b . d, asked a b c d. All four: one gap over three junctions, tightness 1 / (1 + 1/12) = 12/13; two of
        // three neighbours in order, 1 − ½·⅓ = 5/6; together 10/13, so (1 + 3·10/13) / 4 = 43/52. Three of them give
        // at most ¾.
        WindowSearch search = new WindowSearch(FORMULA, 4, 4);
        List<FakeSlot> slots = List.of(
                new FakeSlot(0, 1, 1), new FakeSlot(1, 1, 2), new FakeSlot(2, 1, 0), new FakeSlot(3, 1, 4));
        assertEquals(43 / 52.0, search.best(slots), EXACT);
        assertArrayEquals(new int[] {2, 0, 1, 3}, search.window().slots());
        assertArrayEquals(new int[] {0, 1, 2, 4}, search.window().positions());
        assertEquals(2, search.window().inOrder());
        assertEquals(1, search.window().gaps());
    }

    @Test
    void oneSearchServesManyDocuments() throws IOException {
        WindowSearch search = new WindowSearch(FORMULA, 2, 2);
        assertEquals(1, search.best(List.of(new FakeSlot(0, 1, 0), new FakeSlot(1, 1, 1))), EXACT);
        assertEquals(0.5, search.best(List.of(new FakeSlot(1, 1, 9))), EXACT);
        assertArrayEquals(new int[] {9}, search.window().positions());
    }

    @Test
    void agreesWithTheSlowDefinitionOnRandomDocuments() throws IOException {
        Random random = new Random(20_261);
        for (int round = 0; round < 20_000; round++) {
            int slotCount = 1 + random.nextInt(6);
            int length = 1 + random.nextInt(random.nextBoolean() ? 8 : 60);
            List<FakeSlot> slots = new ArrayList<>();
            int total = 0;
            for (int slot = 0; slot < slotCount; slot++) {
                int weight = 1 + random.nextInt(3);
                total += weight;
                double density = random.nextDouble();
                int[] positions = IntStream.range(0, length)
                        .filter(at -> random.nextDouble() < density)
                        .toArray();
                slots.add(new FakeSlot(slot, weight, positions));
            }
            ProximityFormula formula =
                    new ProximityFormula(random.nextFloat(), random.nextFloat(), 0.5f + 8 * random.nextFloat());
            double expected = SlowWindows.best(formula, total, slots);
            double found = new WindowSearch(formula, slotCount, total).best(slots);
            assertEquals(expected, found, 0.0, "round " + round);
        }
    }

    @Test
    void aLongFieldIsReadOnce() throws IOException {
        // Two terms, each 200,000 times, ten apart: no window is good enough to stop early.
        int[] a = IntStream.range(0, 200_000).map(i -> 20 * i + 10).toArray();
        int[] b = IntStream.range(0, 200_000).map(i -> 20 * i).toArray();
        // nine gaps: tightness 4/13, so (1 + 4/13) / 2 = 17/26
        assertEquals(17 / 26.0, best(2, new FakeSlot(0, 1, a), new FakeSlot(1, 1, b)), EXACT);
    }
}
