package org.encore.rescore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.encore.rank.FallbackCause;
import org.encore.rank.ScoreMark;
import org.junit.jupiter.api.Test;

class HitMarkTest {
    @Test
    void saysWhatIsKnown() {
        assertEquals(Map.of("rank", "fine", "mark", "stored"), HitMark.fine(ScoreMark.STORED));
        assertEquals(Map.of("rank", "fine"), HitMark.fine(null));
        assertEquals(Map.of("rank", "coarse", "cause", "timeout"), HitMark.coarse(FallbackCause.TIMEOUT));
        assertEquals(Map.of("rank", "coarse"), HitMark.coarse(null));
    }

    @Test
    void itsCauseIsReadBack() {
        assertEquals("timeout", HitMark.cause(HitMark.coarse(FallbackCause.TIMEOUT)));
        assertNull(HitMark.cause(HitMark.fine(ScoreMark.SCORED)));
        assertNull(HitMark.cause("a document's own field"));
        assertNull(HitMark.cause(null));
    }

    @Test
    void theHeaderListsEachCauseOnce() {
        assertEquals(
                "circuit_open,deadline,timeout",
                AnswerHeaders.degraded(
                        Set.of(FallbackCause.TIMEOUT, FallbackCause.CIRCUIT_OPEN), Arrays.asList("timeout", null, "deadline")));
        assertNull(AnswerHeaders.degraded(Set.of(), List.of()));
    }
}
