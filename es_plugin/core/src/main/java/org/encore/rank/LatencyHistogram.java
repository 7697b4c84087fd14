package org.encore.rank;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts durations in buckets that grow with them: 16 a power of two, so a percentile is at most 6.25 %
 * too high. Thread-safe, of fixed size, without locks; a snapshot taken while calls go on may miss some.
 */
public final class LatencyHistogram {
    private static final int SUB_BITS = 4;
    private static final int SUB = 1 << SUB_BITS;
    /** Durations are kept in microseconds up to 2^30, some 18 minutes; longer ones count there. */
    private static final int MAX_BITS = 30;

    private final AtomicLongArray buckets = new AtomicLongArray((MAX_BITS - SUB_BITS + 1) * SUB);
    private final LongAdder count = new LongAdder();
    private final LongAdder microseconds = new LongAdder();

    /** Counts one duration. */
    public void record(long nanos) {
        long micros = Math.clamp(nanos / 1_000, 0, (1L << MAX_BITS) - 1);
        buckets.incrementAndGet(bucket(micros));
        count.increment();
        microseconds.add(micros);
    }

    /** Exact below 16 µs; above, the leading bit picks the group and the next four bits the bucket. */
    private static int bucket(long micros) {
        if (micros < SUB) {
            return (int) micros;
        }
        int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(micros) - SUB_BITS;
        return (shift << SUB_BITS) + (int) (micros >> shift);
    }

    /** The largest duration that falls into a bucket, in microseconds. */
    private static long top(int bucket) {
        if (bucket < SUB) {
            return bucket;
        }
        int shift = (bucket >> SUB_BITS) - 1;
        return ((long) (SUB + (bucket & SUB - 1)) + 1 << shift) - 1;
    }

    /** How many durations were counted. */
    public long count() {
        return count.sum();
    }

    /** Their mean in milliseconds; 0 where there is none. */
    public double meanMillis() {
        long n = count.sum();
        return n == 0 ? 0 : microseconds.sum() / 1_000.0 / n;
    }

    /**
     * The duration in milliseconds that a share {@code p} of all durations does not exceed, rounded up to
     * its bucket's top; 0 where there is none.
     *
     * @param p in (0, 1]
     */
    public double percentileMillis(double p) {
        long total = 0;
        for (int i = 0; i < buckets.length(); i++) {
            total += buckets.get(i);
        }
        long rank = (long) Math.ceil(p * total);
        long seen = 0;
        for (int i = 0; i < buckets.length(); i++) {
            seen += buckets.get(i);
            if (seen >= rank && seen > 0) {
                return top(i) / 1_000.0;
            }
        }
        return 0;
    }
}
