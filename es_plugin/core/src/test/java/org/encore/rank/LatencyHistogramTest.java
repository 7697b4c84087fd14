package org.encore.rank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LatencyHistogramTest {
    private final LatencyHistogram histogram = new LatencyHistogram();

    private void record(long micros) {
        histogram.record(micros * 1_000);
    }

    @Test
    void emptyIsZero() {
        assertEquals(0, histogram.count());
        assertEquals(0, histogram.meanMillis());
        assertEquals(0, histogram.percentileMillis(0.99));
    }

    @Test
    void shortDurationsAreExact() {
        for (int micros = 1; micros <= 10; micros++) {
            record(micros);
        }
        assertEquals(0.005, histogram.percentileMillis(0.5));
        assertEquals(0.010, histogram.percentileMillis(1));
        assertEquals(0.0055, histogram.meanMillis());
        assertEquals(10, histogram.count());
    }

    @Test
    void aBucketGivesItsTop() {
        // 1,000 µs = 2^9 + 488: buckets of 2^(9-4) = 32 µs from 992 to 1,023.
        record(1_000);
        assertEquals(1.023, histogram.percentileMillis(0.5));
    }

    @Test
    void aPercentileIsAtMostASixteenthTooHigh() {
        for (long micros = 1; micros < 1L << 30; micros = micros * 5 / 3 + 1) {
            LatencyHistogram one = new LatencyHistogram();
            one.record(micros * 1_000);
            double millis = one.percentileMillis(0.5);
            assertTrue(millis >= micros / 1_000.0 && millis <= micros * 1.0625 / 1_000.0, micros + " " + millis);
        }
    }

    @Test
    void durationsOutOfRangeCountAtTheEdges() {
        histogram.record(-5);
        histogram.record(Long.MAX_VALUE);
        assertEquals(0, histogram.percentileMillis(0.5));
        assertEquals(((1L << 30) - 1) / 1_000.0, histogram.percentileMillis(1));
    }
}
