package org.encore.rank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** On a clock that stands still unless the test moves it. */
@Timeout(30)
class PlacesTest {
    private static final long WAIT = 1_000;
    private static final long STALL = 400;

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 100); // passes its end, as nanoTime may
    private final AtomicBoolean cancelled = new AtomicBoolean();
    private final List<Integer> turns = new CopyOnWriteArrayList<>();
    private final Places places = new Places(2, now::get);

    private void take() throws RankFailure {
        places.take(WAIT, STALL, () -> {
            if (cancelled.get()) {
                throw new CancellationException();
            }
        });
    }

    /** Ends when the call has a place, and notes which one it was. */
    private CompletableFuture<Void> waiter(int number) {
        int before = places.waiting();
        CompletableFuture<Void> end = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                take();
                turns.add(number);
                end.complete(null);
            } catch (RankFailure | RuntimeException e) {
                end.completeExceptionally(e);
            }
        });
        until(() -> places.waiting() == before + 1);
        return end;
    }

    private static void until(BooleanSupplier holds) {
        while (!holds.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    private static void assertOverloaded(String message, Throwable thrown) {
        assertEquals(FallbackCause.OVERLOADED, ((RankFailure) thrown).fallbackCause());
        assertEquals(message, thrown.getMessage());
    }

    private void fill() throws RankFailure {
        take();
        take();
        assertEquals(2, places.taken());
    }

    @Test
    void whoeverWaitsGetsThePlaceThatIsLeftInTheOrderOfArrival() throws Exception {
        fill();
        List<CompletableFuture<Void>> waiters = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            waiters.add(waiter(i));
        }
        for (CompletableFuture<Void> waiter : waiters) {
            assertFalse(waiter.isDone());
            places.leave();
            waiter.get();
            assertEquals(2, places.taken(), "handed on, not given to whoever comes");
        }
        assertEquals(List.of(0, 1, 2, 3), turns);
        places.leave();
        places.leave();
        assertEquals(0, places.taken());
    }

    @Test
    void asManyMayWaitAsThereArePlacesAndFourAtLeast() throws Exception {
        fill();
        for (int i = 0; i < 4; i++) {
            waiter(i);
        }
        assertOverloaded(
                "[2] calls are in flight already, and [4] wait for a place", assertThrows(RankFailure.class, this::take));
        places.resize(5);
        until(() -> turns.size() == 3);
        for (int i = 1; i < 5; i++) {
            waiter(i);
        }
        assertOverloaded(
                "[5] calls are in flight already, and [5] wait for a place", assertThrows(RankFailure.class, this::take));
    }

    @Test
    void whereNoPlaceBecomesFreeNobodyWaitsOn() throws Exception {
        fill();
        CompletableFuture<Void> waiter = waiter(0);
        now.addAndGet(STALL - 1);
        CompletableFuture<Void> second = waiter(1);
        now.addAndGet(1);
        for (CompletableFuture<Void> each : List.of(waiter, second)) {
            assertOverloaded(
                    "[2] calls are in flight already, and none has ended lately",
                    assertThrows(CompletionException.class, each::join).getCause());
        }
        assertOverloaded(
                "[2] calls are in flight already, and none has ended lately", assertThrows(RankFailure.class, this::take));
        assertEquals(0, places.waiting());
        places.leave();
        take();
        waiter(2);
        assertEquals(1, places.waiting(), "one has ended: waiting makes sense again");
    }

    @Test
    void nobodyWaitsLongerThanItCan() throws Exception {
        fill();
        List<CompletableFuture<Void>> waiters = List.of(waiter(0), waiter(1), waiter(2), waiter(3));
        for (int i = 0; i < 3; i++) {
            now.addAndGet(STALL - 1);
            if (i < 2) {
                places.leave();
                waiters.get(i).get();
            }
        }
        // 1,197 since they came, 399 since a place became free.
        for (CompletableFuture<Void> each : waiters.subList(2, 4)) {
            assertOverloaded(
                    "[2] calls are in flight already, and half of the time went by without a place",
                    assertThrows(CompletionException.class, each::join).getCause());
        }
    }

    @Test
    void aCancelledSearchWaitsNoLongerAndLeavesItsTurnToOthers() throws Exception {
        fill();
        CompletableFuture<Void> waiter = waiter(0);
        cancelled.set(true);
        Throwable thrown = assertThrows(CancellationException.class, waiter::join);
        assertTrue(thrown instanceof CancellationException);
        assertEquals(0, places.waiting());
        cancelled.set(false);
        CompletableFuture<Void> next = waiter(1);
        places.leave();
        next.get();
        assertEquals(2, places.taken());
    }

    @Test
    void fewerPlacesAreKeptToOnceTheyAreLeft() throws Exception {
        fill();
        places.resize(1);
        CompletableFuture<Void> waiter = waiter(0);
        places.leave();
        assertFalse(waiter.isDone());
        assertEquals(1, places.taken());
        places.leave();
        waiter.get();
        assertEquals(1, places.taken());
    }
}
