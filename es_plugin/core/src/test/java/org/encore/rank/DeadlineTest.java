package org.encore.rank;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class DeadlineTest {
    @Test
    void theEarlierEndCounts() {
        assertEquals(new Deadline(400, false, true), Deadline.of(100, 300, Deadline.NONE));
        assertEquals(new Deadline(400, false, true), Deadline.of(100, 300, 900));
        assertEquals(new Deadline(300, true, true), Deadline.of(100, 300, 300));
        assertEquals(new Deadline(249, true, false), Deadline.of(100, 300, 249), "less than half of the usual time");
        assertEquals(new Deadline(50, true, false), Deadline.of(100, 300, 50), "over before it began");
    }

    @Test
    void clocksThatRunNegativeWorkToo() {
        assertEquals(new Deadline(-100, false, true), Deadline.of(-400, 300, Deadline.NONE));
        assertEquals(new Deadline(-200, true, true), Deadline.of(-400, 300, -200));
    }

    @Test
    void aMissedOneSaysWhose() {
        assertEquals(FallbackCause.TIMEOUT, Deadline.of(0, 10, Deadline.NONE).missed("x").fallbackCause());
        assertEquals(FallbackCause.SEARCH_TIMEOUT, Deadline.of(0, 10, 5).missed("x").fallbackCause());
    }
}
