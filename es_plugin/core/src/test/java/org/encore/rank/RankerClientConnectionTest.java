package org.encore.rank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The guard of connections: a dead one is replaced once, an address that refuses hands over. */
class RankerClientConnectionTest extends RankerClientHarness {
    @Test
    void aConnectionClosedIdleIsReplaced() throws Exception {
        RawServer server = server((socket, body, number) -> {
            good(socket, body);
            return false;
        });
        RankerClient client = client(SECOND, server.address());
        for (int i = 0; i < 10; i++) {
            assertEquals(2, score(client).count());
        }
        assertEquals(10, server.connections.get());
    }

    @Test
    void aConnectionThatTurnsOutDeadIsRetriedOnceOnAFreshOne() throws Exception {
        RawServer server = server((socket, body, number) -> number == 1 && good(socket, body));
        RankerClient client = client(SECOND, server.address());
        assertEquals(2, score(client).count());
        assertEquals(2, score(client).count());
        assertEquals(2, server.connections.get());
        assertEquals(1L, statistics.toMap().get("retries"));
    }

    @Test
    void afterARetryOtherIdleConnectionsAreNotTrusted() throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        RawServer server = server((socket, body, number) -> {
            if (number > 1) {
                return false;
            }
            both.countDown();
            return both.await(10, TimeUnit.SECONDS) && good(socket, body);
        });
        RankerClient client = client(5 * SECOND, server.address());
        CompletableFuture<Integer> other = CompletableFuture.supplyAsync(() -> {
            try {
                return score(client).count();
            } catch (RankFailure e) {
                throw new IllegalStateException(e);
            }
        });
        assertEquals(2, score(client).count());
        assertEquals(2, other.get());
        assertEquals(2, score(client).count(), "two connections lay idle, both dead: one retry is enough");
    }

    @Test
    void aRankerThatAlwaysHangsUpIsUnavailableAfterTwoTries() throws Exception {
        RawServer server = server((socket, body, number) -> false);
        RankFailure failure = failure(client(SECOND, server.address()));
        assertEquals(FallbackCause.RANKER_UNAVAILABLE, failure.fallbackCause());
        assertEquals(2, server.requests.get());
    }

    @Test
    void anAnswerThatBreaksOffIsNotAskedForTwice() throws Exception {
        RawServer server = server((socket, body, number) -> {
            RawServer.write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 500", new byte[100]);
            return false;
        });
        RankFailure failure = failure(client(SECOND, server.address()));
        assertEquals(FallbackCause.RANKER_UNAVAILABLE, failure.fallbackCause());
        assertEquals(1, server.requests.get());
    }

    @Test
    void aRefusedConnectionHandsOverToTheNextAddress() throws Exception {
        RawServer server = server((socket, body, number) -> good(socket, body));
        URI dead = nobody();
        RankerClient client = client(SECOND, dead, server.address());
        long start = System.nanoTime();
        for (int i = 0; i < 40; i++) {
            WireRequest request = Wires.request("id-" + i, "a");
            assertEquals(1, client.score(request, Deadline.NONE, () -> {}).count());
        }
        long failovers = (long) statistics.toMap().get("failovers");
        assertTrue(failovers >= 1, "some ids belong to the dead address");
        long probes = 1 + (System.nanoTime() - start) / PROBE;
        assertTrue(failovers <= 3 + probes, "three open its circuit, then only probes go there: " + failovers);
        assertEquals(CircuitBreaker.State.CLOSED, client.breakers().get(server.address().toString()).state());
    }

    @Test
    void noAddressIsUnavailable() {
        RankFailure failure = failure(client(SECOND));
        assertEquals(FallbackCause.RANKER_UNAVAILABLE, failure.fallbackCause());
        assertEquals("no ranker address is configured", failure.getMessage());
    }
}
