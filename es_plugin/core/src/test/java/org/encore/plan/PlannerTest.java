package org.encore.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.encore.rank.Deadline;
import org.encore.rank.FallbackCause;
import org.encore.rank.RankStatistics;
import org.encore.rank.RankerClient;
import org.encore.rank.RankerOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PlannerTest {
    private static final PlanTarget TARGET = new PlanTarget("videos-1", "g1", 4, -5L);
    private static final long WALL = 1_000;

    private PlanServer server;
    private RankerClient rankers;
    private Planner planner;

    @BeforeEach
    void start() throws Exception {
        server = new PlanServer();
        RankerOptions options = new RankerOptions(
                List.of(server.address()), TimeUnit.SECONDS.toNanos(10), 1, 3, TimeUnit.SECONDS.toNanos(1), 64 << 10, null);
        rankers = new RankerClient(options, new RankStatistics(), null);
        PlanStatistics statistics = new PlanStatistics();
        planner = new Planner(new PlanClient(rankers, statistics, null), statistics, () -> WALL);
    }

    @AfterEach
    void stop() {
        planner.close();
        rankers.close();
        server.close();
    }

    private static RecallRequest asked(String text, Route... routes) {
        return new RecallRequest(text, null, Map.of(), routes.length == 0 ? Route.all() : EnumSet.copyOf(List.of(routes)));
    }

    private static SearchPlans search() {
        return new SearchPlans(Deadline.NONE, () -> false);
    }

    @Test
    void aPlanIsAskedForOnceASearch() throws Exception {
        SearchPlans search = search();
        PlanAnswer first = planner.plan(asked("a"), TARGET, search).get();
        assertNotNull(first.plan());
        assertNull(first.cause());
        assertSame(first, planner.plan(asked("a"), TARGET, search).get());
        assertEquals(1, server.calls.size());
        planner.plan(asked("b"), TARGET, search).get();
        planner.plan(asked("a"), TARGET, search()).get();
        assertEquals(3, server.calls.size());
        assertEquals(3L, planner.toMap().get("planned"));
        assertEquals(Set.of(), search.causes());
    }

    @Test
    void wordsAloneNeedNone() throws Exception {
        PlanAnswer answer = planner.plan(asked("a", Route.TEXT), PlanTarget.NONE, search()).get();
        assertNull(answer.plan());
        assertNull(answer.cause());
        assertTrue(server.calls.isEmpty());
        assertEquals(0L, planner.toMap().get("calls"));
    }

    @Test
    void aSearchWithoutAGenerationAsksNobody() throws Exception {
        SearchPlans search = search();
        PlanAnswer answer = planner.plan(asked("a"), PlanTarget.NONE, search).get();
        assertEquals(FallbackCause.GENERATION_UNKNOWN, answer.cause());
        assertEquals(Set.of(FallbackCause.GENERATION_UNKNOWN), search.causes());
        assertTrue(server.calls.isEmpty());
    }

    @Test
    void thePlanOfAnotherGenerationIsNone() throws Exception {
        server.script = (s, call) -> PlanServer.send(call, 200, PlanServer.EMPTY.replace("g1", "g0"));
        SearchPlans search = search();
        assertEquals(FallbackCause.BAD_PLAN, planner.plan(asked("a"), TARGET, search).get().cause());
        assertEquals(Set.of(FallbackCause.BAD_PLAN), search.causes());
        Map<?, ?> last = (Map<?, ?>) planner.toMap().get("last_failure");
        assertEquals(
                Map.of("reason", "the plan is of another generation than [g1]", "at", WALL), last.get("bad_plan"));
    }

    @Test
    void aVectorOfAnotherLengthIsNone() throws Exception {
        String vector = "\"filters\": [], \"vector\": \"AACAPwAAAAA=\"";
        server.script = (s, call) -> PlanServer.send(call, 200, PlanServer.EMPTY.replace("\"filters\": []", vector));
        assertEquals(FallbackCause.BAD_PLAN, planner.plan(asked("a"), TARGET, search()).get().cause());
        PlanTarget fitting = new PlanTarget("videos-1", "g1", 2, 0L);
        assertEquals(2, planner.plan(asked("a"), fitting, search()).get().plan().vector().length);
    }

    @Test
    void aVectorIsAskedForWhereThereIsAPlaceForIt() throws Exception {
        planner.plan(asked("a"), TARGET, search()).get();
        planner.plan(asked("a"), new PlanTarget("i", "g1", 0, 0L), search()).get();
        planner.plan(asked("a", Route.ENTITY), TARGET, search()).get();
        assertEquals(
                List.of(true, false, false),
                server.calls.stream().map(call -> ((Map<?, ?>) call.body().get("options")).get("vector")).toList());
    }

    @Test
    void theTimeIsTheCataloguesOrThatOfTheRank() throws Exception {
        planner.plan(asked("a"), TARGET, search()).get();
        SearchPlans ranked = search();
        ranked.identify("mine", 17);
        planner.plan(asked("a"), TARGET, ranked).get();
        planner.plan(asked("a"), new PlanTarget("i", "g1", 0, null), search()).get();
        assertEquals(995L, server.calls.get(0).body().get("now"));
        assertEquals(17L, server.calls.get(1).body().get("now"));
        assertEquals("mine", server.calls.get(1).body().get("request_id"));
        assertFalse(server.calls.get(2).body().containsKey("now"));
    }

    @Test
    void aCancelledSearchHasNoAnswer() {
        SearchPlans cancelled = new SearchPlans(Deadline.NONE, () -> true);
        CompletableFuture<PlanAnswer> answer = planner.plan(asked("a"), TARGET, cancelled);
        ExecutionException thrown = assertThrows(ExecutionException.class, answer::get);
        assertInstanceOf(CancellationException.class, thrown.getCause());
        assertEquals(Set.of(), cancelled.causes());
        assertEquals(1L, planner.toMap().get("cancelled"));
    }

    @Test
    void aSearchHasOneIdAndOneTakerOfNames() {
        SearchPlans search = search();
        assertFalse(search.isUsed());
        assertTrue(search.takeNames());
        assertFalse(search.takeNames());
        assertTrue(search.isUsed());
        assertEquals(search.requestId(), search.requestId());
        assertNotEquals(search.requestId(), search().requestId());
        assertFalse(search.isToldByRanking());
        search.identify("mine", 1);
        assertTrue(search.isToldByRanking());
        assertEquals("mine", search.requestId());
    }
}
