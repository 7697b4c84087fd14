package org.encore.rank;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The places of calls in flight. Beyond their number a call waits for its turn, as long as places become free.
 *
 * <p>Whoever waits holds a thread that other searches need. While the ranker answers, a place is free again soon, and
 * waiting costs less than a search without its fine order. A ranker that stands still frees none: then nobody waits on,
 * and nobody begins to, so that the threads go back to those who need no ranker.
 *
 * <p>Turns come in the order of arrival; a place that is left goes to the first who waits, past whom nobody comes.
 * Thread-safe.
 */
final class Places {
    /** Search threads beyond the bound that a node is told to have; as many may wait however small the bound is. */
    private static final int LEAST_WAITING = 4;

    private static final long CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private static final class Waiter {
        private final Condition turn;
        private boolean hasPlace;

        private Waiter(Condition turn) {
            this.turn = turn;
        }
    }

    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    private final Queue<Waiter> queue = new ArrayDeque<>();
    private int bound;
    private int taken;
    private long lastFree;

    /** So many, all free. */
    Places(int bound, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.bound = bound;
    }

    /** From now on so many; whoever has one keeps it. */
    void resize(int next) {
        lock.lock();
        try {
            bound = next;
            handOn();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes a place, which {@link #leave} gives back, waiting for it where none is free.
     *
     * @param waitNanos  most that this call can wait
     * @param stallNanos how long no place may have become free for anybody to wait
     * @param check      called now and then while it waits; what it throws ends the wait and is thrown on
     * @throws RankFailure there is none, of cause {@link FallbackCause#OVERLOADED}
     */
    void take(long waitNanos, long stallNanos, RankerClient.Check check) throws RankFailure {
        long start = nanoTime.getAsLong();
        Waiter waiter = takeOrQueue(start, stallNanos);
        if (waiter == null) {
            return;
        }
        boolean has = false;
        try {
            while (!has) {
                has = await(waiter, start + waitNanos, stallNanos);
                if (!has) {
                    check.run();
                }
            }
        } finally {
            if (!has) {
                withdraw(waiter);
            }
        }
    }

    /** Null where a place was free. */
    private Waiter takeOrQueue(long now, long stallNanos) throws RankFailure {
        lock.lock();
        try {
            if (taken < bound) {
                taken++;
                lastFree = now;
                return null;
            }
            if (queue.size() >= mostWaiting()) {
                throw overloaded("and [" + queue.size() + "] wait for a place");
            }
            if (now - lastFree >= stallNanos) {
                throw stalled();
            }
            Waiter waiter = new Waiter(lock.newCondition());
            queue.add(waiter);
            return waiter;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the turn came; false after a while, for the caller to look whether the call still matters. */
    private boolean await(Waiter waiter, long end, long stallNanos) throws RankFailure {
        lock.lock();
        try {
            if (waiter.hasPlace) {
                return true;
            }
            long now = nanoTime.getAsLong();
            if (now - lastFree >= stallNanos) {
                throw stalled();
            }
            if (end - now <= 0) {
                throw overloaded("and half of the time went by without a place");
            }
            waiter.turn.awaitNanos(Math.min(CHECK_NANOS, Math.min(end - now, stallNanos - (now - lastFree))));
            return waiter.hasPlace;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RankFailure(FallbackCause.RANKER_UNAVAILABLE, "the node stops", e);
        } finally {
            lock.unlock();
        }
    }

    private void withdraw(Waiter waiter) {
        lock.lock();
        try {
            if (waiter.hasPlace) {
                leave(); // It came in the moment of giving up.
            } else {
                queue.remove(waiter);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Gives a place back. */
    void leave() {
        lock.lock();
        try {
            taken--;
            lastFree = nanoTime.getAsLong();
            handOn();
        } finally {
            lock.unlock();
        }
    }

    private void handOn() {
        while (taken < bound && !queue.isEmpty()) {
            Waiter next = queue.remove();
            taken++;
            next.hasPlace = true;
            next.turn.signal();
        }
    }

    private int mostWaiting() {
        return Math.max(LEAST_WAITING, bound);
    }

    private RankFailure stalled() {
        return overloaded("and none has ended lately");
    }

    private RankFailure overloaded(String what) {
        return new RankFailure(FallbackCause.OVERLOADED, "[" + bound + "] calls are in flight already, " + what);
    }

    /** Places that are taken now. */
    int taken() {
        lock.lock();
        try {
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** Calls that wait for one now. */
    int waiting() {
        lock.lock();
        try {
            return queue.size();
        } finally {
            lock.unlock();
        }
    }
}
