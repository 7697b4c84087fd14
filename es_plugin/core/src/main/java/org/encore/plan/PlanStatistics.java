package org.encore.plan;

import java.util.LinkedHashMap;
import java.util.Map;
import org.encore.rank.FallbackCause;
import org.encore.rank.RankStatistics;

/**
 * What a node's asking for plans did since it started: counted as fine ranking is, with {@code planned} for what is
 * {@code ranked} there. Thread-safe.
 */
public final class PlanStatistics {
    private final RankStatistics calls = new RankStatistics();

    /** A plan came within that time. */
    void planned(long nanos) {
        calls.ranked(0, nanos);
    }

    /** A search went without a plan. */
    void fellBack(FallbackCause cause, String reason, long atMillis) {
        calls.fellBack(cause, reason, atMillis);
    }

    /** A search was cancelled while it waited. */
    void cancelled() {
        calls.cancelled();
    }

    /** An idle connection was dead; the call went again on a fresh one. */
    void retried() {
        calls.retried();
    }

    /** An address refused; the call went to the next one. */
    void failedOver() {
        calls.failedOver();
    }

    /** All of it as JSON values, in a stable order. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        for (Map.Entry<String, Object> entry : calls.toMap().entrySet()) {
            switch (entry.getKey()) {
                case "candidates" -> {}
                case "ranked" -> map.put("planned", entry.getValue());
                default -> map.put(entry.getKey(), entry.getValue());
            }
        }
        return map;
    }
}
