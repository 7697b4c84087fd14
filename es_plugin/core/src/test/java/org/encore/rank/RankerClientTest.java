package org.encore.rank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.encore.json.JsonReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client against a server that fails in every way that sockets allow. */
@Timeout(30)
class RankerClientTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long PROBE = TimeUnit.MILLISECONDS.toNanos(50);

    private final RankStatistics statistics = new RankStatistics();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final CountDownLatch released = new CountDownLatch(1);

    @AfterEach
    void closeAll() throws Exception {
        released.countDown();
        for (AutoCloseable closeable : open) {
            closeable.close();
        }
    }

    private RawServer server(RawServer.Script script) throws IOException {
        RawServer server = new RawServer(script);
        open.add(server);
        return server;
    }

    private RankerOptions options(long timeoutNanos, URI... addresses) {
        return new RankerOptions(List.of(addresses), timeoutNanos, 2, 3, PROBE, 64 * 1024, null);
    }

    private RankerClient client(RankerOptions options) {
        RankerClient client = new RankerClient(options, statistics, null);
        open.add(client);
        return client;
    }

    private RankerClient client(long timeoutNanos, URI... addresses) {
        return client(options(timeoutNanos, addresses));
    }

    private static WireResponse score(RankerClient client) throws RankFailure {
        return client.score(Wires.request("r1", "a", "b"), Deadline.NONE, () -> {});
    }

    private static RankFailure failure(RankerClient client) {
        return assertThrows(RankFailure.class, () -> score(client));
    }

    private static boolean good(Socket socket, byte[] body) throws IOException {
        String id = (String) ((Map<?, ?>) JsonReader.parse(Wires.metaOf(body))).get("request_id");
        return RawServer.ok(socket, Wires.goodAnswer(id, Wires.countOf(body)));
    }

    /** An address that nobody listens at. */
    private static URI nobody() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return URI.create("http://127.0.0.1:" + socket.getLocalPort());
        }
    }

    @Test
    void aGoodAnswerComesBackAndTheConnectionStays() throws Exception {
        RawServer server = server((socket, body, number) -> good(socket, body));
        RankerClient client = client(SECOND, server.address());
        for (int i = 0; i < 5; i++) {
            WireResponse response = score(client);
            assertEquals(2, response.count());
            assertEquals(3.5f, response.score(1));
        }
        assertEquals(1, server.connections.get());
        String head = server.heads.get(0);
        assertTrue(head.startsWith("POST /v1/score HTTP/1.1\r\n"), head);
        assertTrue(head.contains("Content-Type: application/vnd.encore.score.v1+binary\r\n"), head);
        assertTrue(head.contains("Accept: application/vnd.encore.score.v1+binary\r\n"), head);
        assertTrue(head.matches("(?s).*X-Encore-Deadline-Ms: (9\\d\\d|1000)\r\n.*"), head);
        assertFalse(head.contains("Authorization"), head);
        assertEquals(0, client.inFlight());
    }

    @Test
    void theTokenGoesAlong() throws Exception {
        RawServer server = server((socket, body, number) -> good(socket, body));
        RankerOptions options =
                new RankerOptions(List.of(server.address()), SECOND, 1, 3, PROBE, 65536, "s3cret");
        score(client(options));
        assertTrue(server.heads.get(0).contains("Authorization: Bearer s3cret\r\n"));
        assertFalse(options.toString().contains("s3cret"), options.toString());
    }

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
    void garbageInPlaceOfHttpIsABadResponse() throws Exception {
        RawServer server = server((socket, body, number) -> {
            socket.getOutputStream().write("garbage\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return false;
        });
        assertEquals(FallbackCause.BAD_RESPONSE, failure(client(SECOND, server.address())).fallbackCause());
    }

    @Test
    void garbageInPlaceOfTheBodyIsABadResponse() throws Exception {
        RawServer server = server((socket, body, number) -> RawServer.ok(socket, "no answer at all, sorry".getBytes(StandardCharsets.US_ASCII)));
        RankFailure failure = failure(client(SECOND, server.address()));
        assertEquals(FallbackCause.BAD_RESPONSE, failure.fallbackCause());
        assertEquals(
                "ranker [" + server.address() + "/v1/score]: an answer starts with [ENCR], not [0x6e6f2061]",
                failure.getMessage());
    }

    @Test
    void anEmptyBodyIsABadResponse() throws Exception {
        RawServer server = server((socket, body, number) -> RawServer.ok(socket, new byte[0]));
        assertEquals(FallbackCause.BAD_RESPONSE, failure(client(SECOND, server.address())).fallbackCause());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void missingAndExtraCandidatesAreABadResponse(int count) throws Exception {
        RawServer server = server((socket, body, number) -> RawServer.ok(socket, Wires.goodAnswer("r1", count)));
        assertEquals(FallbackCause.BAD_RESPONSE, failure(client(SECOND, server.address())).fallbackCause());
    }

    @Test
    void aNumberThatIsNoneIsABadResponse() throws Exception {
        byte[] answer = Wires.answer(Wires.meta("r1"), 0, new int[] {1, 1}, new double[] {0.5, Double.NaN});
        RawServer server = server((socket, body, number) -> RawServer.ok(socket, answer));
        RankFailure failure = failure(client(SECOND, server.address()));
        assertEquals(FallbackCause.BAD_RESPONSE, failure.fallbackCause());
        assertTrue(failure.getMessage().endsWith("u [NaN] of candidate [1] is not in [0, 1)"), failure.getMessage());
    }

    @Test
    void aHugeAnswerIsRefusedByItsAnnouncement() throws Exception {
        RawServer server = server((socket, body, number) -> {
            RawServer.write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 1000000", new byte[10]);
            return released.await(20, TimeUnit.SECONDS);
        });
        RankFailure failure = failure(client(5 * SECOND, server.address()));
        assertEquals(FallbackCause.BAD_RESPONSE, failure.fallbackCause());
        assertTrue(
                failure.getMessage().endsWith("an answer of [1000000] bytes or more exceeds the limit of [65536]"),
                failure.getMessage());
    }

    @Test
    void anEndlessAnswerIsRefusedWhileItIsRead() throws Exception {
        AtomicBoolean hungUp = new AtomicBoolean();
        CountDownLatch ended = new CountDownLatch(1);
        RawServer server = server((socket, body, number) -> {
            RawServer.write(socket, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", new byte[0]);
            byte[] chunk = ("1000\r\n" + "x".repeat(0x1000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
            try {
                for (int i = 0; i < 100_000; i++) {
                    socket.getOutputStream().write(chunk);
                }
            } catch (IOException e) {
                hungUp.set(true);
            } finally {
                ended.countDown();
            }
            return false;
        });
        RankFailure failure = failure(client(20 * SECOND, server.address()));
        assertEquals(FallbackCause.BAD_RESPONSE, failure.fallbackCause());
        assertTrue(ended.await(10, TimeUnit.SECONDS) && hungUp.get(), "the rest is not read");
    }

    @ParameterizedTest
    @CsvSource({
        "503, model_server_unavailable, MODEL_SERVER_UNAVAILABLE",
        "503, overloaded, OVERLOADED",
        "503, deadline, DEADLINE",
        "503, generation_unknown, GENERATION_UNKNOWN",
        "503, a_cause_of_tomorrow, RANKER_ERROR",
        "503, , RANKER_ERROR",
        "500, , RANKER_ERROR",
        "302, , RANKER_ERROR",
        "204, , RANKER_ERROR",
        "400, bad_request, BAD_REQUEST",
        "413, too_large, BAD_REQUEST",
        "401, not_allowed, BAD_REQUEST",
        "404, , BAD_REQUEST"
    })
    void aRankersOwnCauseIsKept(int status, String cause, FallbackCause expected) throws Exception {
        byte[] reason = status == 204 ? new byte[0] : "{\"error\":{\"reason\":\"the reason [x]\"}}".getBytes(StandardCharsets.UTF_8);
        RawServer server = server((socket, body, number) -> {
            String header = cause == null ? "" : "\r\nX-Encore-Cause: " + cause;
            RawServer.write(socket, "HTTP/1.1 " + status + " Sorry\r\nContent-Length: " + reason.length + header, reason);
            return true;
        });
        RankFailure failure = failure(client(SECOND, server.address()));
        assertEquals(expected, failure.fallbackCause());
        assertTrue(failure.getMessage().contains("answered [" + status + "]"), failure.getMessage());
    }

    @Test
    void aRefusedConnectionHandsOverToTheNextAddress() throws Exception {
        RawServer server = server((socket, body, number) -> good(socket, body));
        URI dead = nobody();
        RankerClient client = client(SECOND, dead, server.address());
        for (int i = 0; i < 40; i++) {
            WireRequest request = Wires.request("id-" + i, "a");
            assertEquals(1, client.score(request, Deadline.NONE, () -> {}).count());
        }
        long failovers = (long) statistics.toMap().get("failovers");
        assertTrue(failovers >= 1, "some ids belong to the dead address");
        assertTrue(failovers <= 4, "three open its circuit, then only probes go there: " + failovers);
        assertEquals(CircuitBreaker.State.CLOSED, client.breakers().get(server.address().toString()).state());
    }

    @Test
    void nobodyThereIsUnavailableAndOpensTheCircuit() throws Exception {
        RankerClient client = client(SECOND, nobody());
        for (int i = 0; i < 3; i++) {
            assertEquals(FallbackCause.RANKER_UNAVAILABLE, failure(client).fallbackCause());
        }
        assertEquals(FallbackCause.CIRCUIT_OPEN, failure(client).fallbackCause());
    }

    @Test
    void noAddressIsUnavailable() {
        RankFailure failure = failure(client(SECOND));
        assertEquals(FallbackCause.RANKER_UNAVAILABLE, failure.fallbackCause());
        assertEquals("no ranker address is configured", failure.getMessage());
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

    @Test
    void aRequestTooLargeForTheWireIsNotSent() throws Exception {
        RawServer server = server((socket, body, number) -> good(socket, body));
        RankerClient client = client(SECOND, server.address());
        String[] ids = new String[1_001];
        Arrays.fill(ids, "v");
        RankFailure failure = assertThrows(
                RankFailure.class, () -> client.score(Wires.request("r1", ids), Deadline.NONE, () -> {}));
        assertEquals(FallbackCause.BAD_REQUEST, failure.fallbackCause());
        assertEquals(0, server.requests.get());
    }

    @Test
    void otherOptionsTakeEffectAndKnownAddressesKeepTheirCircuit() throws Exception {
        RawServer server = server((socket, body, number) -> good(socket, body));
        URI dead = nobody();
        RankerClient client = client(SECOND, dead);
        for (int i = 0; i < 3; i++) {
            failure(client);
        }
        client.configure(options(2 * SECOND, dead, server.address()));
        assertEquals(CircuitBreaker.State.OPEN, client.breakers().get(dead.toString()).state());
        assertEquals(2 * SECOND, client.options().timeoutNanos());
        assertEquals(2, score(client).count());
        client.configure(options(SECOND, server.address()));
        assertEquals(List.of(server.address().toString()), List.copyOf(client.breakers().keySet()));
    }
}
