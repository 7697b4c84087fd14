package org.encore.rank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** The guards of load: the circuit of a ranker that fails, and the bound on calls in flight. */
class RankerClientLoadTest extends RankerClientHarness {
    @Test
    void nobodyThereIsUnavailableAndOpensTheCircuit() throws Exception {
        RankerClient client = client(SECOND, nobody());
        for (int i = 0; i < 3; i++) {
            assertEquals(FallbackCause.RANKER_UNAVAILABLE, failure(client).fallbackCause());
        }
        assertEquals(FallbackCause.CIRCUIT_OPEN, failure(client).fallbackCause());
    }

    @Test
    void aStoppedRankerCostsFewDeadlinesAndIsBackSoon() throws Exception {
        AtomicBoolean stopped = new AtomicBoolean(true);
        RawServer server = server((socket, body, number) ->
                stopped.get() ? released.await(20, TimeUnit.SECONDS) : good(socket, body));
        RankerClient client = client(SECOND / 20, server.address());
        int timeouts = 0;
        int refused = 0;
        for (int i = 0; i < 200; i++) {
            switch (failure(client).fallbackCause()) {
                case TIMEOUT -> timeouts++;
                case CIRCUIT_OPEN -> refused++;
                default -> throw new AssertionError();
            }
        }
        assertTrue(timeouts >= 3 && timeouts <= 20, "" + timeouts);
        assertEquals(200, timeouts + refused);
        stopped.set(false);
        long start = System.nanoTime();
        WireResponse response = null;
        while (response == null) {
            try {
                response = score(client);
            } catch (RankFailure e) {
                assertTrue(System.nanoTime() - start < 5 * SECOND, "back within a few probe intervals");
                Thread.onSpinWait();
            }
        }
        assertEquals(CircuitBreaker.State.CLOSED, client.breakers().get(server.address().toString()).state());
    }

    @Test
    void aRankerThatSaysWhyDoesNotOpenTheCircuit() throws Exception {
        RawServer server = server((socket, body, number) -> {
            RawServer.write(
                    socket, "HTTP/1.1 503 No\r\nContent-Length: 0\r\nX-Encore-Cause: model_server_unavailable", new byte[0]);
            return true;
        });
        RankerClient client = client(SECOND, server.address());
        for (int i = 0; i < 10; i++) {
            assertEquals(FallbackCause.MODEL_SERVER_UNAVAILABLE, failure(client).fallbackCause());
        }
    }

    @Test
    void callsBeyondTheBoundWaitAndThoseBeyondThemFailAtOnce() throws Exception {
        RawServer server = server((socket, body, number) -> released.await(20, TimeUnit.SECONDS) && good(socket, body));
        RankerClient client = client(20 * SECOND, server.address());
        List<CompletableFuture<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            calls.add(start(client));
        }
        until(() -> client.inFlight() == 2 && client.waiting() == 4);
        RankFailure failure = failure(client);
        assertEquals(FallbackCause.OVERLOADED, failure.fallbackCause());
        assertEquals("[2] calls are in flight already, and [4] wait for a place", failure.getMessage());
        released.countDown();
        for (CompletableFuture<Integer> call : calls) {
            assertEquals(2, call.get());
        }
        assertEquals(0, client.inFlight());
        assertEquals(0, client.waiting());
        assertEquals(2, score(client).count());
    }

    private static CompletableFuture<Integer> start(RankerClient client) {
        CompletableFuture<Integer> count = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                count.complete(score(client).count());
            } catch (RankFailure | RuntimeException e) {
                count.completeExceptionally(e);
            }
        });
        return count;
    }

    private static void until(BooleanSupplier holds) {
        while (!holds.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }
}
