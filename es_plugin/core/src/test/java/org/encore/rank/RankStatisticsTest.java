package org.encore.rank;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;

class RankStatisticsTest {
    private final RankStatistics statistics = new RankStatistics();

    @Test
    void callsAddUp() {
        statistics.ranked(500, 2_000_000);
        statistics.ranked(100, 4_000_000);
        statistics.fellBack(FallbackCause.TIMEOUT, "late", 17);
        statistics.fellBack(FallbackCause.TIMEOUT, "later", 18);
        statistics.fellBack(FallbackCause.CIRCUIT_OPEN, "x".repeat(500), 19);
        statistics.cancelled();
        statistics.retried();
        statistics.failedOver();
        Map<String, Object> map = statistics.toMap();
        assertEquals(6L, map.get("calls"));
        assertEquals(2L, map.get("ranked"));
        assertEquals(600L, map.get("candidates"));
        assertEquals(3L, map.get("degraded"));
        assertEquals(1L, map.get("cancelled"));
        assertEquals(1L, map.get("retries"));
        assertEquals(1L, map.get("failovers"));
        assertEquals(2L, ((Map<?, ?>) map.get("causes")).get("timeout"));
        assertEquals(0L, ((Map<?, ?>) map.get("causes")).get("overloaded"));
        Map<?, ?> last = (Map<?, ?>) map.get("last_failure");
        assertEquals(Map.of("reason", "later", "at", 18L), last.get("timeout"));
        assertEquals("x".repeat(300), ((Map<?, ?>) last.get("circuit_open")).get("reason"));
        assertEquals(3.0, ((Map<?, ?>) map.get("latency_ms")).get("mean"));
    }

    @Test
    void everyCauseHasAName() {
        for (FallbackCause cause : FallbackCause.values()) {
            assertEquals(cause, FallbackCause.named(cause.wireName()));
            assertEquals(cause.wireName(), cause.toString());
        }
        assertEquals(FallbackCause.RANKER_ERROR, FallbackCause.named("a_cause_of_tomorrow"));
        assertEquals(FallbackCause.RANKER_ERROR, FallbackCause.named(null));
    }
}
