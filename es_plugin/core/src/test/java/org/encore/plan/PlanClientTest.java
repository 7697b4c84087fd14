package org.encore.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.encore.rank.CircuitBreaker;
import org.encore.rank.Deadline;
import org.encore.rank.FallbackCause;
import org.encore.rank.RankFailure;
import org.encore.rank.RankStatistics;
import org.encore.rank.RankerClient;
import org.encore.rank.RankerOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PlanClientTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final List<AutoCloseable> open = new ArrayList<>();
    private final PlanStatistics statistics = new PlanStatistics();
    private RankerClient rankers;

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable one : open.reversed()) {
            one.close();
        }
    }

    private PlanServer server(PlanServer.Script script) throws IOException {
        PlanServer server = new PlanServer();
        server.script = script;
        open.add(server);
        return server;
    }

    private PlanClient client(long timeoutNanos, int mostInFlight, String token, URI... addresses) {
        RankerOptions options =
                new RankerOptions(List.of(addresses), timeoutNanos, 1, 3, TimeUnit.MILLISECONDS.toNanos(50), 4_096, token);
        rankers = new RankerClient(options, new RankStatistics(), null);
        PlanClient client = new PlanClient(rankers, statistics, null, mostInFlight);
        open.add(rankers);
        open.add(client);
        return client;
    }

    private PlanClient client(URI... addresses) {
        return client(10 * SECOND, 8, null, addresses);
    }

    private static PlanRequest request(String id) {
        RecallRequest asked = new RecallRequest("晴天", "u1", Map.of("device", "phone"), Route.all());
        return new PlanRequest(asked, new PlanTarget("videos-1", "g1", 4, 0L), true, id, 17L);
    }

    private static CompletableFuture<QueryPlan> ask(PlanClient client) {
        return client.ask(request("r1"), Deadline.NONE, () -> false);
    }

    private static RankFailure failure(CompletableFuture<QueryPlan> plan) {
        return assertInstanceOf(
                RankFailure.class, assertThrows(ExecutionException.class, plan::get).getCause());
    }

    private static URI nobody() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return URI.create("http://127.0.0.1:" + socket.getLocalPort());
        }
    }

    private CircuitBreaker.State circuit() {
        return rankers.breakers().values().iterator().next().state();
    }

    private void assertNothingInFlight(PlanClient client) {
        assertEquals(0, client.inFlight());
    }

    @Test
    void aCallSaysWhoAsksForWhatAndUntilWhen() throws Exception {
        PlanServer server = server(PlanServer::good);
        PlanClient client = client(5 * SECOND, 8, "secret", server.address());
        assertEquals("g1", ask(client).get().generation());
        PlanServer.Call call = server.calls.get(0);
        assertEquals("/v1/understand", call.path());
        assertEquals(
                Map.of(
                        "text", "晴天",
                        "user", "u1",
                        "context", Map.of("device", "phone"),
                        "options", Map.of("routes", List.of("text", "entity", "vector"), "vector", true),
                        "index", "videos-1",
                        "generation", "g1",
                        "request_id", "r1",
                        "now", 17L),
                call.body());
        assertEquals(List.of("application/json"), call.headers().get("Content-type"));
        assertEquals(List.of("Bearer secret"), call.headers().get("Authorization"));
        long deadline = Long.parseLong(call.headers().get("X-encore-deadline-ms").get(0));
        assertTrue(deadline > 1_000 && deadline <= 5_000, deadline + " ms");
        assertNothingInFlight(client);
    }

    @Test
    void whatIsMissingIsLeftOut() {
        RecallRequest asked = new RecallRequest("晴天", null, Map.of(), Route.all());
        PlanRequest request = new PlanRequest(asked, new PlanTarget("i", "g", 0, null), false, "r", null);
        assertEquals(
                "{\"text\":\"晴天\",\"options\":{\"routes\":[\"text\",\"entity\"],\"vector\":false},"
                        + "\"index\":\"i\",\"generation\":\"g\",\"request_id\":\"r\"}",
                request.toJson());
    }

    @Test
    void theRankersOwnCauseIsKept() throws Exception {
        PlanServer server = server((s, call) -> {
            call.getResponseHeaders().set("X-Encore-Cause", "overloaded");
            PlanServer.send(call, 503, "a secret");
        });
        RankFailure failure = failure(ask(client(server.address())));
        assertEquals(FallbackCause.OVERLOADED, failure.fallbackCause());
        assertEquals(
                "ranker [" + server.address() + "/v1/understand] answered [503], cause [overloaded]", failure.getMessage());
    }

    @Test
    void aRefusalAndAFaultAreToldApart() throws Exception {
        PlanServer server = server((s, call) -> PlanServer.send(call, 404, ""));
        PlanClient client = client(server.address());
        assertEquals(FallbackCause.BAD_REQUEST, failure(ask(client)).fallbackCause());
        server.script = (s, call) -> PlanServer.send(call, 500, "");
        assertEquals(FallbackCause.RANKER_ERROR, failure(ask(client)).fallbackCause());
    }

    @Test
    void aWrongPlanIsRefusedWithoutItsWords() throws Exception {
        PlanServer server = server((s, call) -> PlanServer.send(call, 200, "{\"schema\": \"a secret\"}"));
        RankFailure failure = failure(ask(client(server.address())));
        assertEquals(FallbackCause.BAD_PLAN, failure.fallbackCause());
        assertEquals(
                "ranker [" + server.address() + "/v1/understand] answered a plan that is wrong at [schema]",
                failure.getMessage());
        assertEquals(CircuitBreaker.State.CLOSED, circuit());
    }

    @Test
    void aHugeAnswerIsGivenUp() throws Exception {
        PlanServer server = server((s, call) -> PlanServer.send(call, 200, " ".repeat(100_000)));
        RankFailure failure = failure(ask(client(server.address())));
        assertEquals(FallbackCause.BAD_RESPONSE, failure.fallbackCause());
        assertEquals(
                "ranker [" + server.address() + "/v1/understand]: an answer exceeds the limit of [4096] bytes",
                failure.getMessage());
    }

    @Test
    void aLateAnswerIsNotWaitedFor() throws Exception {
        PlanServer server = server(PlanServer::late);
        PlanClient client = client(SECOND / 5, 8, null, server.address());
        assertEquals(FallbackCause.TIMEOUT, failure(ask(client)).fallbackCause());
        assertNothingInFlight(client);
    }

    @Test
    void theSearchesOwnTimeoutComesFirst() throws Exception {
        PlanServer server = server(PlanServer::late);
        PlanClient client = client(server.address());
        long soon = System.nanoTime() + SECOND / 5;
        assertEquals(
                FallbackCause.SEARCH_TIMEOUT,
                failure(client.ask(request("r1"), soon, () -> false)).fallbackCause());
        assertEquals(
                FallbackCause.SEARCH_TIMEOUT,
                failure(client.ask(request("r1"), System.nanoTime() - 1, () -> false)).fallbackCause());
        assertEquals(1, server.calls.size(), "without any time left the ranker isn't asked");
    }

    @Test
    void aCancelledSearchStopsTheCall() throws Exception {
        PlanServer server = server(PlanServer::late);
        PlanClient client = client(server.address());
        AtomicBoolean cancelled = new AtomicBoolean();
        CompletableFuture<QueryPlan> plan = client.ask(request("r1"), Deadline.NONE, cancelled::get);
        while (server.calls.isEmpty()) {
            Thread.onSpinWait();
        }
        cancelled.set(true);
        assertThrows(CancellationException.class, plan::get);
        assertNothingInFlight(client);
        assertEquals(CircuitBreaker.State.CLOSED, circuit());
    }

    @Test
    void aRefusingAddressHandsOverToTheNext() throws Exception {
        PlanServer server = server(PlanServer::good);
        PlanClient client = client(nobody(), server.address());
        for (int i = 0; i < 20; i++) {
            client.ask(request("r" + i), Deadline.NONE, () -> false).get();
        }
        assertEquals(20, server.calls.size());
        assertTrue((long) statistics.toMap().get("failovers") > 0);
    }

    @Test
    void noAddressAnswers() throws Exception {
        RankFailure failure = failure(ask(client(nobody())));
        assertEquals(FallbackCause.RANKER_UNAVAILABLE, failure.fallbackCause());
        assertTrue(failure.getMessage().contains("] refuses: "), failure.getMessage());
        RankFailure none = failure(ask(client()));
        assertEquals("no ranker address is configured", none.getMessage());
    }

    @Test
    void aDeadConnectionIsTriedOnceMore() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        PlanServer server = server((s, call) -> {
            if (calls.incrementAndGet() == 1) {
                PlanServer.hangUp(call);
            } else {
                s.good(call);
            }
        });
        assertEquals("g1", ask(client(server.address())).get().generation());
        assertEquals(1L, statistics.toMap().get("retries"));
    }

    @Test
    void twoDeadConnectionsAreAFailure() throws Exception {
        PlanServer server = server((s, call) -> PlanServer.hangUp(call));
        assertEquals(FallbackCause.RANKER_UNAVAILABLE, failure(ask(client(server.address()))).fallbackCause());
        assertEquals(2, server.calls.size());
    }

    @Test
    void failuresInARowOpenTheCircuitAndAGoodProbeClosesIt() throws Exception {
        PlanServer server = server((s, call) -> PlanServer.send(call, 500, ""));
        PlanClient client = client(server.address());
        for (int i = 0; i < 3; i++) {
            failure(ask(client));
        }
        assertEquals(CircuitBreaker.State.OPEN, circuit());
        server.script = PlanServer::good;
        List<FallbackCause> meanwhile = new ArrayList<>();
        while (circuit() != CircuitBreaker.State.CLOSED) {
            CompletableFuture<QueryPlan> plan = ask(client);
            if (plan.isCompletedExceptionally()) {
                meanwhile.add(failure(plan).fallbackCause());
            } else {
                plan.get();
            }
        }
        assertEquals(
                List.of(), meanwhile.stream().filter(cause -> cause != FallbackCause.CIRCUIT_OPEN).toList());
    }

    @Test
    void aCancelledProbeLeavesTheCircuitToTheNext() throws Exception {
        PlanServer server = server((s, call) -> PlanServer.send(call, 500, ""));
        PlanClient client = client(server.address());
        for (int i = 0; i < 3; i++) {
            failure(ask(client));
        }
        server.script = PlanServer::late;
        AtomicBoolean cancelled = new AtomicBoolean();
        CompletableFuture<QueryPlan> probe;
        do {
            probe = client.ask(request("r1"), Deadline.NONE, cancelled::get);
        } while (probe.isDone());
        assertEquals(CircuitBreaker.State.HALF_OPEN, circuit());
        cancelled.set(true);
        assertThrows(CancellationException.class, probe::get);
        assertEquals(CircuitBreaker.State.OPEN, circuit());
        server.script = PlanServer::good;
        assertEquals("g1", ask(client).get().generation(), "the next call probes at once");
        assertEquals(CircuitBreaker.State.CLOSED, circuit());
    }

    @Test
    void callsBeyondTheBoundFailAtOnce() throws Exception {
        PlanServer server = server(PlanServer::late);
        PlanClient client = client(10 * SECOND, 2, null, server.address());
        CompletableFuture<QueryPlan> first = ask(client);
        CompletableFuture<QueryPlan> second = ask(client);
        RankFailure third = failure(ask(client));
        assertEquals(FallbackCause.OVERLOADED, third.fallbackCause());
        assertEquals("[2] calls for plans are in flight already", third.getMessage());
        server.released.countDown();
        first.get();
        second.get();
        assertNothingInFlight(client);
        ask(client).get();
    }

    @Test
    void manyCallsAtOnceAllEnd() throws Exception {
        PlanServer server = server(PlanServer::good);
        PlanClient client = client(10 * SECOND, 256, null, server.address());
        List<CompletableFuture<QueryPlan>> plans = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            plans.add(client.ask(request("r" + i), Deadline.NONE, () -> false));
        }
        CompletableFuture.allOf(plans.toArray(CompletableFuture[]::new)).get();
        assertNothingInFlight(client);
    }

    @Test
    void aClosedClientFailsItsCalls() throws Exception {
        PlanServer server = server(PlanServer::late);
        PlanClient client = client(server.address());
        client.close();
        assertThrows(ExecutionException.class, () -> ask(client).get());
        assertNothingInFlight(client);
    }
}
