package org.encore.rank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The guard of time: no call outlives the plugin's bound, the search's own or its cancellation. */
class RankerClientDeadlineTest extends RankerClientHarness {
    @Test
    void aSlowAnswerIsATimeout() throws Exception {
        RawServer server = server((socket, body, number) -> released.await(20, TimeUnit.SECONDS) && good(socket, body));
        long start = System.nanoTime();
        RankFailure failure = failure(client(SECOND / 10, server.address()));
        double millis = (System.nanoTime() - start) / 1e6;
        assertEquals(FallbackCause.TIMEOUT, failure.fallbackCause());
        assertTrue(millis >= 100 && millis < 600, "" + millis);
    }

    @Test
    void anAnswerThatStallsHalfWayIsATimeout() throws Exception {
        RawServer server = server((socket, body, number) -> {
            socket.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nENCR".getBytes(StandardCharsets.US_ASCII));
            return released.await(20, TimeUnit.SECONDS);
        });
        assertEquals(FallbackCause.TIMEOUT, failure(client(SECOND / 10, server.address())).fallbackCause());
        assertEquals(1, server.requests.get(), "an answer has begun: it is not asked for twice");
    }

    @Test
    void theSearchesOwnTimeoutHasItsOwnName() throws Exception {
        RawServer server = server((socket, body, number) -> released.await(20, TimeUnit.SECONDS));
        RankerClient client = client(10 * SECOND, server.address());
        RankFailure failure = assertThrows(
                RankFailure.class,
                () -> client.score(Wires.request("r1", "a"), System.nanoTime() + SECOND / 20, () -> {}));
        assertEquals(FallbackCause.SEARCH_TIMEOUT, failure.fallbackCause());
        RankFailure atOnce = assertThrows(
                RankFailure.class,
                () -> client.score(Wires.request("r1", "a"), System.nanoTime() - 1, () -> {}));
        assertEquals("no time was left for the ranker", atOnce.getMessage());
        assertEquals(FallbackCause.SEARCH_TIMEOUT, atOnce.fallbackCause());
        assertEquals(1, server.requests.get(), "no call goes out without time");
    }

    @Test
    void impatientSearchesDoNotOpenTheCircuit() throws Exception {
        AtomicBoolean stalled = new AtomicBoolean(true);
        RawServer server = server((socket, body, number) ->
                stalled.get() ? released.await(20, TimeUnit.SECONDS) : good(socket, body));
        RankerClient client = client(10 * SECOND, server.address());
        for (int i = 0; i < 5; i++) {
            assertThrows(
                    RankFailure.class,
                    () -> client.score(Wires.request("r1", "a"), System.nanoTime() + SECOND / 50, () -> {}));
        }
        stalled.set(false);
        assertEquals(2, score(client).count());
    }

    @Test
    void cancellationIsThrownOnAndHangsUp() throws Exception {
        CountDownLatch hungUp = new CountDownLatch(1);
        RawServer server = server((socket, body, number) -> {
            if (socket.getInputStream().read() < 0) {
                hungUp.countDown();
            }
            return false;
        });
        RankerClient client = client(20 * SECOND, server.address());
        IllegalStateException cancelled = new IllegalStateException("cancelled");
        Exception thrown = assertThrows(
                IllegalStateException.class,
                () -> client.score(Wires.request("r1", "a"), Deadline.NONE, () -> {
                    throw cancelled;
                }));
        assertSame(cancelled, thrown);
        assertTrue(hungUp.await(10, TimeUnit.SECONDS), "the ranker learns that nobody waits");
        assertEquals(0, client.inFlight());
        assertEquals(CircuitBreaker.State.CLOSED, client.breakers().get(server.address().toString()).state());
    }
}
