package org.encore.rescore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class FineRankChecksTest {
    private static String refused(FineRankChecks checks) {
        return assertThrows(IllegalArgumentException.class, checks::check).getMessage();
    }

    @Test
    void aPageWithinTheWindowIsFine() {
        new FineRankChecks(1, 10, 0, 10, true, false).check();
        new FineRankChecks(1, 1_000, 990, 10, true, false).check();
    }

    @Test
    void itStandsAlone() {
        assertEquals(
                "[fine_rank] must be the only rescorer of a search, not one of [2]: its scores have a scale of their own",
                refused(new FineRankChecks(2, 10, 0, 10, true, false)));
    }

    @Test
    void theWindowHoldsThePage() {
        assertEquals(
                "[window_size] [10] of [fine_rank] is below [from + size] [11]: hits beyond the window would not be finely ranked",
                refused(new FineRankChecks(1, 10, 1, 10, true, false)));
        assertEquals(
                "[window_size] [10] of [fine_rank] is below [from + size] [4294967294]: hits beyond the window would not be finely ranked",
                refused(new FineRankChecks(1, 10, Integer.MAX_VALUE, Integer.MAX_VALUE, true, false)));
    }

    @Test
    void theWireBoundsTheWindow() {
        assertEquals(
                "[window_size] [1001] of [fine_rank] must be between [1] and [1000]",
                refused(new FineRankChecks(1, 1_001, 0, 10, true, false)));
        assertEquals(
                "[window_size] [0] of [fine_rank] must be between [1] and [1000]",
                refused(new FineRankChecks(1, 0, 0, 0, true, false)));
    }

    @Test
    void theOrderIsTheScores() {
        assertEquals(
                "[fine_rank] orders by score: leave [sort] out or sort by [_score] first",
                refused(new FineRankChecks(1, 10, 0, 10, false, false)));
        assertEquals(
                "[fine_rank] cannot go on after a score: page with [from] and the request's [request_id] instead of [search_after]",
                refused(new FineRankChecks(1, 10, 0, 10, true, true)));
    }
}
