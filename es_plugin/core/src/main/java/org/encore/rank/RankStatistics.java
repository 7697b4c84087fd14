package org.encore.rank;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * What a node's fine ranking did since it started: a plain object that anybody may count into and read.
 *
 * <p>A <em>call</em> is one shard's wish for fine scores. Each ends as ranked, as a fallback with one
 * cause, or cancelled. Thread-safe.
 */
public final class RankStatistics {
    /** The last failure of a cause, for a person who looks why. */
    public record LastFailure(String reason, long atMillis) {}

    private static final int MAX_REASON = 300;

    private final LongAdder ranked = new LongAdder();
    private final LongAdder candidates = new LongAdder();
    private final LongAdder cancelled = new LongAdder();
    private final LongAdder retries = new LongAdder();
    private final LongAdder failovers = new LongAdder();
    private final Map<FallbackCause, LongAdder> fallbacks = new EnumMap<>(FallbackCause.class);
    private final Map<FallbackCause, LastFailure> lastFailures = new EnumMap<>(FallbackCause.class);
    private final LatencyHistogram latency = new LatencyHistogram();

    public RankStatistics() {
        for (FallbackCause cause : FallbackCause.values()) {
            fallbacks.put(cause, new LongAdder());
        }
    }

    /** A shard's candidates were finely ranked, within {@code nanos}. */
    public void ranked(int count, long nanos) {
        ranked.increment();
        candidates.add(count);
        latency.record(nanos);
    }

    /** A shard kept its coarse order. */
    public void fellBack(FallbackCause cause, String reason, long atMillis) {
        fallbacks.get(cause).increment();
        String shortened = reason == null || reason.length() <= MAX_REASON ? reason : reason.substring(0, MAX_REASON);
        synchronized (lastFailures) {
            lastFailures.put(cause, new LastFailure(shortened, atMillis));
        }
    }

    /** A search was cancelled while it waited. */
    public void cancelled() {
        cancelled.increment();
    }

    /** An idle connection was dead; the call went again on a fresh one. */
    public void retried() {
        retries.increment();
    }

    /** An address refused; the call went to the next one. */
    public void failedOver() {
        failovers.increment();
    }

    /** How often shards fell back for that cause. */
    public long fallbacks(FallbackCause cause) {
        return fallbacks.get(cause).sum();
    }

    /** How many shards' candidates were finely ranked. */
    public long ranked() {
        return ranked.sum();
    }

    /** All of it as JSON values, in a stable order. Latencies in milliseconds, of the calls that ranked. */
    public Map<String, Object> toMap() {
        Map<String, Object> causes = new LinkedHashMap<>();
        Map<String, Object> last = new LinkedHashMap<>();
        long degraded = 0;
        for (FallbackCause cause : FallbackCause.values()) {
            long count = fallbacks(cause);
            degraded += count;
            causes.put(cause.wireName(), count);
            LastFailure failure;
            synchronized (lastFailures) {
                failure = lastFailures.get(cause);
            }
            if (failure != null) {
                last.put(cause.wireName(), Map.of("reason", String.valueOf(failure.reason), "at", failure.atMillis));
            }
        }
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("calls", ranked.sum() + degraded + cancelled.sum());
        map.put("ranked", ranked.sum());
        map.put("candidates", candidates.sum());
        map.put("degraded", degraded);
        map.put("cancelled", cancelled.sum());
        map.put("retries", retries.sum());
        map.put("failovers", failovers.sum());
        map.put("causes", causes);
        map.put("last_failure", last);
        map.put("latency_ms", latencies());
        return map;
    }

    private Map<String, Object> latencies() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("count", latency.count());
        map.put("mean", latency.meanMillis());
        map.put("p50", latency.percentileMillis(0.50));
        map.put("p95", latency.percentileMillis(0.95));
        map.put("p99", latency.percentileMillis(0.99));
        map.put("max", latency.percentileMillis(1));
        return map;
    }
}
