package org.encore.rank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.encore.rank.CircuitBreaker.Permit;
import org.encore.rank.CircuitBreaker.State;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {
    private static final long PROBE = 1_000;
    private long now;
    private final CircuitBreaker breaker = new CircuitBreaker(3, PROBE, () -> now);

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            breaker.failed(breaker.tryAcquire());
        }
    }

    @Test
    void opensAfterFailuresInARow() {
        fail(2);
        assertEquals(State.CLOSED, breaker.state());
        fail(1);
        assertEquals(State.OPEN, breaker.state());
        assertNull(breaker.tryAcquire());
        assertEquals(1, breaker.timesOpened());
    }

    @Test
    void aSuccessStartsTheCountAnew() {
        fail(2);
        breaker.succeeded(breaker.tryAcquire());
        fail(2);
        assertEquals(State.CLOSED, breaker.state());
    }

    @Test
    void callsThatSayNothingDoNotCount() {
        fail(2);
        breaker.ended(breaker.tryAcquire());
        assertEquals(State.CLOSED, breaker.state());
        fail(1);
        assertEquals(State.OPEN, breaker.state());
    }

    @Test
    void letsOneProbePassAfterTheInterval() {
        fail(3);
        now = PROBE - 1;
        assertNull(breaker.tryAcquire());
        now = PROBE;
        assertNotNull(breaker.tryAcquire());
        assertEquals(State.HALF_OPEN, breaker.state());
        assertNull(breaker.tryAcquire());
        now = 10 * PROBE;
        assertNull(breaker.tryAcquire(), "one probe at a time, however long it takes");
    }

    @Test
    void aGoodProbeCloses() {
        fail(3);
        now = PROBE;
        breaker.succeeded(breaker.tryAcquire());
        assertEquals(State.CLOSED, breaker.state());
        fail(2);
        assertEquals(State.CLOSED, breaker.state(), "the count began anew");
    }

    @Test
    void aBadProbeOpensForAnotherInterval() {
        fail(3);
        now = PROBE;
        breaker.failed(breaker.tryAcquire());
        assertEquals(State.OPEN, breaker.state());
        now = 2 * PROBE - 1;
        assertNull(breaker.tryAcquire());
        now = 2 * PROBE;
        assertNotNull(breaker.tryAcquire());
        assertEquals(1, breaker.timesOpened(), "it was not closed in between");
    }

    @Test
    void aProbeThatTaughtNothingIsFollowedAtOnce() {
        fail(3);
        now = PROBE;
        breaker.ended(breaker.tryAcquire());
        assertEquals(State.OPEN, breaker.state());
        assertNotNull(breaker.tryAcquire());
    }

    @Test
    void resultsFromBeforeTheOpeningSayNothing() {
        List<Permit> together = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            together.add(breaker.tryAcquire());
        }
        together.subList(0, 3).forEach(breaker::failed);
        assertEquals(State.OPEN, breaker.state());
        together.subList(3, 6).forEach(breaker::failed);
        breaker.succeeded(together.get(6));
        assertEquals(State.OPEN, breaker.state(), "a late success began before the others failed");
        now = PROBE;
        Permit probe = breaker.tryAcquire();
        breaker.failed(together.get(7));
        assertEquals(State.HALF_OPEN, breaker.state(), "the probe alone decides");
        breaker.succeeded(probe);
        assertEquals(State.CLOSED, breaker.state());
    }

    @Test
    void takesOtherBoundsWhileItRuns() {
        fail(2);
        breaker.configure(1, 5);
        fail(1);
        assertEquals(State.OPEN, breaker.state());
        now = 5;
        assertNotNull(breaker.tryAcquire());
        assertEquals(
                "failures to open [0] must be at least [1]",
                assertThrows(IllegalArgumentException.class, () -> breaker.configure(0, 1)).getMessage());
    }
}
