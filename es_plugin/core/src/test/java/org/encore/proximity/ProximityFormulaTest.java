package org.encore.proximity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/** Expected values are arithmetic that a reader can do by hand. */
class ProximityFormulaTest {
    private static final double EXACT = 1e-12;
    private static final ProximityFormula FORMULA = new ProximityFormula(0.75f, 0.5f, 4);

    @Test
    void gapsAreThePositionsThatNoTermNeeds() {
        assertEquals(0, ProximityFormula.gaps(2, 2)); // a b
        assertEquals(3, ProximityFormula.gaps(5, 2)); // a . . . b
        assertEquals(0, ProximityFormula.gaps(1, 2)); // both at one position
    }

    @Test
    void tightnessHalvesAtHalfGapForEachJunction() {
        assertEquals(1, FORMULA.tightness(0, 2), EXACT);
        assertEquals(1 / 2.0, FORMULA.tightness(4, 2), EXACT);
        assertEquals(1 / 2.0, FORMULA.tightness(8, 3), EXACT); // two junctions, 4 each
        assertEquals(1 / 1.25, FORMULA.tightness(1, 2), EXACT);
        assertEquals(1 / 4.0, FORMULA.tightness(12, 2), EXACT);
    }

    @Test
    void orderLosesItsWeightWhenNoNeighboursAreInOrder() {
        assertEquals(1, FORMULA.order(1, 2), EXACT);
        assertEquals(0.5, FORMULA.order(0, 2), EXACT);
        assertEquals(0.75, FORMULA.order(1, 3), EXACT); // one of two neighbours: half of the half is lost
    }

    @Test
    void oneTermHasNothingToMeasure() {
        assertEquals(1, FORMULA.tightness(0, 1), EXACT);
        assertEquals(1, FORMULA.order(0, 1), EXACT);
    }

    @Test
    void theFirstTermOfAWindowIsNeverAtStake() {
        assertEquals(1, FORMULA.window(1, 0, 1, 2), EXACT);
        assertEquals(0.75, FORMULA.window(1, 4, 1, 2), EXACT); // (1 + ½) / 2
        assertEquals(0.75, FORMULA.window(1, 0, 0, 2), EXACT); // (1 + ½) / 2: the wrong order
        assertEquals(0.625, FORMULA.window(1, 4, 0, 2), EXACT); // (1 + ½·½) / 2
        assertEquals(0.5, FORMULA.window(0.75, 8, 2, 3), EXACT); // ¾ · (1 + 2·½) / 3
        assertEquals(0.5, FORMULA.window(1, 1_000_000_000, 1, 2), 1e-6); // what one of the two would get
        assertEquals(0.25, FORMULA.window(0.25, 0, 0, 1), EXACT);
    }

    @Test
    void scoreIsCoverageLessWhatLoosenessCosts() {
        assertEquals(1, FORMULA.score(1, 1), EXACT);
        assertEquals(0.625, FORMULA.score(1, 0.5), EXACT); // 1 − 0.75 · 0.5
        assertEquals(0.5, FORMULA.score(0.5, 0.5), EXACT);
    }

    @Test
    void constantsOutsideTheirRangeAreRefused() {
        assertRefused("window_weight must lie between 0 and 1, got [1.5]", 1.5f, 0, 1);
        assertRefused("window_weight must lie between 0 and 1, got [NaN]", Float.NaN, 0, 1);
        assertRefused("order_weight must lie between 0 and 1, got [-0.1]", 1, -0.1f, 1);
        assertRefused("half_gap must be a finite number above 0, got [0.0]", 1, 1, 0);
        assertRefused("half_gap must be a finite number above 0, got [Infinity]", 1, 1, Float.POSITIVE_INFINITY);
        assertRefused("half_gap must be a finite number above 0, got [NaN]", 1, 1, Float.NaN);
    }

    private static void assertRefused(String message, float windowWeight, float orderWeight, float halfGap) {
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class, () -> new ProximityFormula(windowWeight, orderWeight, halfGap));
        assertEquals(message, refused.getMessage());
    }
}
