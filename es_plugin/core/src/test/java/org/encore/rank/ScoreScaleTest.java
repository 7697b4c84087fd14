package org.encore.rank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScoreScaleTest {
    @ParameterizedTest
    @CsvSource({"0, 0", "1, 0.5", "3, 0.75", "7, 0.875", "0.25, 0.2", "-0.0, 0", "-1, 0", "-3.5, 0"})
    void coarseIsSOverOnePlusS(float score, float expected) {
        // 0.25 / 1.25 = 0.2, which no float is: rounded down it is the float just below.
        float scaled = ScoreScale.coarse(score);
        assertTrue(scaled <= (double) score / (1 + (double) score) || score <= 0);
        assertEquals(expected, scaled, Math.ulp(expected));
    }

    @Test
    void coarseNeverReachesOne() {
        float belowOne = Math.nextDown(1f);
        assertEquals(belowOne, ScoreScale.coarse(Float.MAX_VALUE));
        assertEquals(belowOne, ScoreScale.coarse(Float.POSITIVE_INFINITY));
        assertEquals(belowOne, ScoreScale.coarse(1e9f));
    }

    @Test
    void coarseTakesWhatIsNoScoreAsNothing() {
        assertEquals(0f, ScoreScale.coarse(Float.NaN));
        assertEquals(0f, ScoreScale.coarse(Float.NEGATIVE_INFINITY));
        assertEquals(0f, ScoreScale.coarse(-Float.MIN_VALUE));
    }

    @Test
    void coarseIsMonotone() {
        Random random = new Random(7);
        for (int i = 0; i < 100_000; i++) {
            float a = Float.intBitsToFloat(random.nextInt(Float.floatToIntBits(Float.MAX_VALUE)));
            float b = random.nextBoolean() ? Math.nextUp(a) : Float.intBitsToFloat(random.nextInt(Float.floatToIntBits(Float.MAX_VALUE)));
            float low = Math.min(a, b);
            float high = Math.max(a, b);
            assertTrue(ScoreScale.coarse(low) <= ScoreScale.coarse(high), low + " " + high);
            assertTrue(ScoreScale.coarse(high) < 1f, () -> "" + high);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 1", "0, 0.5, 1.5", "1, 0, 2", "2, 0.25, 3.25", "3, 0, 4", "3, 0.75, 4.75"})
    void fineIsOnePlusTierPlusU(int tier, double u, float expected) {
        assertEquals(expected, ScoreScale.fine(tier, u));
    }

    @Test
    void fineIsRoundedDown() {
        // 1 + 0.1 = 1.1, and the float nearest to it is 1.10000002…, above it: the one before is taken.
        assertTrue(1.1f > 1.1);
        assertEquals(Math.nextDown(1.1f), ScoreScale.fine(0, 0.1));
        // The float nearest to 3.3 is 3.29999995…, below it already.
        assertTrue(3.3f < 3.3);
        assertEquals(3.3f, ScoreScale.fine(2, 0.3));
    }

    @Test
    void fineStaysInItsBand() {
        double largest = Math.nextDown(1.0);
        for (int tier = 0; tier <= ScoreScale.MAX_TIER; tier++) {
            // 1 + 3 + largest is 5 in double already.
            assertEquals(Math.nextDown(2f + tier), ScoreScale.fine(tier, largest));
            assertEquals(1f + tier, ScoreScale.fine(tier, 0));
            assertEquals(1f + tier, ScoreScale.fine(tier, Double.MIN_VALUE));
        }
    }

    @Test
    void everyFineScoreIsAboveEveryCoarseOne() {
        assertTrue(ScoreScale.fine(0, 0) > ScoreScale.coarse(Float.MAX_VALUE));
    }

    @Test
    void fineRefusesWhatIsOutside() {
        assertEquals(
                "tier [4] is not between [0] and [3]",
                assertThrows(IllegalArgumentException.class, () -> ScoreScale.fine(4, 0)).getMessage());
        assertThrows(IllegalArgumentException.class, () -> ScoreScale.fine(-1, 0));
        assertEquals(
                "u [1.0] is not in [0, 1)",
                assertThrows(IllegalArgumentException.class, () -> ScoreScale.fine(0, 1)).getMessage());
        assertThrows(IllegalArgumentException.class, () -> ScoreScale.fine(0, -0.1));
        assertThrows(IllegalArgumentException.class, () -> ScoreScale.fine(0, Double.NaN));
    }
}
