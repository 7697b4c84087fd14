package org.encore.rank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
    void callsBeyondTheBoundFailAtOnce() throws Exception {
        CountDownLatch bothCame = new CountDownLatch(2);
        RawServer server = server((socket, body, number) -> {
            bothCame.countDown();
            return released.await(20, TimeUnit.SECONDS) && good(socket, body);
        });
        RankerClient client = client(20 * SECOND, server.address());
        List<CompletableFuture<Integer>> waiting = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            waiting.add(CompletableFuture.supplyAsync(() -> {
                try {
                    return score(client).count();
                } catch (RankFailure e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        assertTrue(bothCame.await(10, TimeUnit.SECONDS));
        assertEquals(2, client.inFlight());
        long start = System.nanoTime();
        RankFailure failure = failure(client);
        assertEquals(FallbackCause.OVERLOADED, failure.fallbackCause());
        assertEquals("[2] calls are in flight already", failure.getMessage());
        assertTrue(System.nanoTime() - start < SECOND / 2);
        released.countDown();
        for (CompletableFuture<Integer> call : waiting) {
            assertEquals(2, call.get());
        }
        assertEquals(0, client.inFlight());
        assertEquals(2, score(client).count());
    }
}
