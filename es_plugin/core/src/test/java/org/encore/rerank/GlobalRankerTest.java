package org.encore.rerank;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.encore.plan.SearchPlans;
import org.encore.rank.Deadline;
import org.encore.rank.FallbackCause;
import org.encore.rank.RankStatistics;
import org.encore.rank.RankerClient;
import org.encore.rank.RankerOptions;
import org.encore.rank.SearchIdentity;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class GlobalRankerTest {
    private final RankStatistics statistics = new RankStatistics();
    private final AtomicInteger calls = new AtomicInteger();
    private final CountDownLatch released = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile boolean stalls;
    private HttpServer server;
    private RankerClient client;

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/v1/score", this::answer);
        server.start();
        URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        client = new RankerClient(
                new RankerOptions(List.of(address), TimeUnit.SECONDS.toNanos(20), 2, 3, 1, 64 * 1024, null), statistics, null);
    }

    @AfterEach
    void close() {
        released.countDown();
        client.close();
        server.stop(0);
        threads.shutdownNow();
    }

    /** The last candidate is the best. */
    private void answer(HttpExchange exchange) throws IOException {
        calls.incrementAndGet();
        byte[] request = exchange.getRequestBody().readAllBytes();
        try {
            if (stalls) {
                released.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        int count = ByteBuffer.wrap(request).order(ByteOrder.LITTLE_ENDIAN).getInt(8);
        byte[] meta = "{\"request_id\":\"r1\",\"versions\":{},\"generation\":\"g\",\"marks\":[\"scored\"]}"
                .getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(16 + meta.length + 9 * count).order(ByteOrder.LITTLE_ENDIAN);
        out.put("ENCR".getBytes(StandardCharsets.US_ASCII)).putShort((short) 1).putShort((short) 0);
        out.putInt(count).putInt(meta.length).put(meta).put(new byte[count]);
        for (int i = 0; i < count; i++) {
            out.putDouble((double) i / count);
        }
        exchange.sendResponseHeaders(200, out.capacity());
        exchange.getResponseBody().write(out.array());
        exchange.close();
    }

    private static GlobalSearch search(long timeoutMillis, AtomicBoolean cancelled) {
        SearchIdentity identity = new SearchIdentity(
                "r1", "q", null, Map.of(), null, 1, "i", "g", 0, SearchIdentity.Stage.GLOBAL);
        return new GlobalSearch(identity, false, timeoutMillis, cancelled::get);
    }

    private static GlobalSearch search() {
        return search(-1, new AtomicBoolean());
    }

    /** The order, or null where it was cancelled. */
    private CompletableFuture<GlobalOrder> rank(GlobalSearch search, GlobalWindow window) {
        CompletableFuture<GlobalOrder> done = new CompletableFuture<>();
        new GlobalRanker(client, statistics).rank(search, window, new GlobalRanker.Waiting() {
            @Override
            public void ordered(GlobalOrder order) {
                done.complete(order);
            }

            @Override
            public void cancelled() {
                done.complete(null);
            }

            @Override
            public void log(String message, RuntimeException fault) {
                done.completeExceptionally(fault);
            }
        });
        return done;
    }

    @Test
    void oneCallOrdersTheWindow() throws Exception {
        GlobalSearch search = search();
        GlobalOrder order = rank(search, GlobalOrderTest.window(3, 2, 1)).get();
        assertArrayEquals(new int[] {2, 1, 0}, new int[] {order.place(0), order.place(1), order.place(2)});
        assertEquals(1, calls.get());
        assertEquals(1, statistics.ranked());
        assertEquals(order, search.order());
        assertEquals(Map.of("X-Encore-Request-Id", "r1"), search.headers(null));
    }

    @Test
    void aWindowWithoutACandidateAsksNobody() throws Exception {
        GlobalWindow nameless = new GlobalWindow(1);
        nameless.add(null, 3);
        GlobalOrder order = rank(search(), nameless).get();
        assertFalse(order.isRanked());
        assertNull(order.cause());
        assertTrue(rank(search(), new GlobalWindow(0)).isDone(), "at once");
        assertEquals(0, calls.get());
    }

    @Test
    void aRankerThatFailsLeavesTheCoarseOrder() throws Exception {
        server.stop(0);
        GlobalSearch search = search();
        GlobalOrder order = rank(search, GlobalOrderTest.window(3, 2)).get();
        assertEquals(FallbackCause.RANKER_UNAVAILABLE, order.cause());
        assertEquals(1, statistics.fallbacks(FallbackCause.RANKER_UNAVAILABLE));
        assertEquals(0, order.place(0));
        assertEquals(
                Map.of("X-Encore-Request-Id", "r1", "X-Encore-Degraded", "ranker_unavailable"), search.headers(null));
    }

    @Test
    void theHeaderTellsOfThePlanToo() throws Exception {
        server.stop(0);
        GlobalSearch search = search();
        rank(search, GlobalOrderTest.window(3)).get();
        assertEquals(
                "ranker_unavailable",
                search.headers(new SearchPlans(Deadline.NONE, () -> false)).get("X-Encore-Degraded"));
    }

    @Test
    void theSearchsOwnTimeoutEndsTheWait() throws Exception {
        stalls = true;
        GlobalOrder order = rank(search(50, new AtomicBoolean()), GlobalOrderTest.window(1)).get();
        assertEquals(FallbackCause.SEARCH_TIMEOUT, order.cause());
    }

    @Test
    void cancellationEndsTheWait() throws Exception {
        stalls = true;
        AtomicBoolean cancelled = new AtomicBoolean();
        CompletableFuture<GlobalOrder> waiting = rank(search(-1, cancelled), GlobalOrderTest.window(1));
        assertFalse(waiting.isDone());
        cancelled.set(true);
        assertNull(waiting.get());
        assertEquals(1L, statistics.toMap().get("cancelled"));
    }

    @Test
    void callsBeyondTheBoundAreNotMade() throws Exception {
        stalls = true;
        List<CompletableFuture<GlobalOrder>> waiting = new ArrayList<>();
        for (int i = 0; i < 6; i++) { // two are made, four wait for their turn
            waiting.add(rank(search(), GlobalOrderTest.window(1)));
        }
        while (client.inFlight() < 2 || client.waiting() < 4) {
            Thread.onSpinWait();
        }
        assertEquals(
                FallbackCause.OVERLOADED, rank(search(), GlobalOrderTest.window(1)).get().cause());
        released.countDown();
        for (CompletableFuture<GlobalOrder> one : waiting) {
            assertTrue(one.get().isRanked());
        }
    }
}
