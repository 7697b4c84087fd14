package org.encore.rank;

import java.util.function.LongSupplier;

/**
 * Keeps a sick ranker from costing every search a deadline.
 *
 * <pre>
 * closed     calls pass; `failures` of them in a row open it
 * open       none passes until `probeInterval` is over
 * half-open  one call passes as a probe: success closes, failure opens again
 * </pre>
 *
 * <p>Every call that {@link #tryAcquire} lets pass must end in exactly one of {@link #succeeded},
 * {@link #failed} and {@link #ended}. Results of calls that began before the last change of state say
 * nothing about the ranker now and are passed over. Thread-safe; no call blocks.
 */
public final class CircuitBreaker {
    /** What a breaker lets pass. */
    public enum State {
        CLOSED,
        OPEN,
        HALF_OPEN
    }

    /** A call that may go. */
    public static final class Permit {
        private final long epoch;

        private Permit(long epoch) {
            this.epoch = epoch;
        }
    }

    private final LongSupplier nanoTime;
    private int failuresToOpen;
    private long probeIntervalNanos;

    private State state = State.CLOSED;
    private long epoch;
    private int failuresInARow;
    private long openedAt;
    private long timesOpened;

    /**
     * A closed breaker.
     *
     * @param failuresToOpen     failures in a row that open it, ≥ 1
     * @param probeIntervalNanos time between probes
     */
    public CircuitBreaker(int failuresToOpen, long probeIntervalNanos, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        configure(failuresToOpen, probeIntervalNanos);
    }

    /** Changes the bounds; the state stays. */
    public synchronized void configure(int failures, long probeNanos) {
        if (failures < 1) {
            throw new IllegalArgumentException("failures to open [" + failures + "] must be at least [1]");
        }
        this.failuresToOpen = failures;
        this.probeIntervalNanos = probeNanos;
    }

    /** A permit where a call may go, else null. */
    public synchronized Permit tryAcquire() {
        if (state == State.CLOSED) {
            return new Permit(epoch);
        }
        if (state == State.OPEN && nanoTime.getAsLong() - openedAt >= probeIntervalNanos) {
            change(State.HALF_OPEN);
            return new Permit(epoch);
        }
        return null;
    }

    /** The ranker answered well. */
    public synchronized void succeeded(Permit permit) {
        if (permit.epoch != epoch) {
            return;
        }
        failuresInARow = 0;
        if (state == State.HALF_OPEN) {
            change(State.CLOSED);
        }
    }

    /** The ranker failed. */
    public synchronized void failed(Permit permit) {
        if (permit.epoch != epoch) {
            return;
        }
        failuresInARow++;
        if (state == State.HALF_OPEN || failuresInARow >= failuresToOpen) {
            open();
        }
    }

    /** The call ended without saying anything about the ranker: cancelled, or given too little time. */
    public synchronized void ended(Permit permit) {
        if (permit.epoch == epoch && state == State.HALF_OPEN) {
            // The probe taught nothing: the next call may probe at once.
            change(State.OPEN);
            openedAt = nanoTime.getAsLong() - probeIntervalNanos;
        }
    }

    private void open() {
        if (state == State.CLOSED) {
            timesOpened++;
        }
        change(State.OPEN);
        openedAt = nanoTime.getAsLong();
    }

    private void change(State next) {
        state = next;
        epoch++;
        if (next == State.CLOSED) {
            failuresInARow = 0;
        }
    }

    /** The state now. */
    public synchronized State state() {
        return state;
    }

    /** How often it went from closed to open. */
    public synchronized long timesOpened() {
        return timesOpened;
    }
}
