package org.encore.plan;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongSupplier;
import org.encore.rank.FallbackCause;
import org.encore.rank.RankFailure;

/**
 * Gets a search its plan, or the reason why it goes without one; never a failure of the search, but for its cancellation.
 * Thread-safe.
 */
public final class Planner implements AutoCloseable {
    private final PlanClient client;
    private final PlanStatistics statistics;
    private final LongSupplier wallMillis;

    public Planner(PlanClient client, PlanStatistics statistics, LongSupplier wallMillis) {
        this.client = client;
        this.statistics = statistics;
        this.wallMillis = wallMillis;
    }

    /**
     * What comes of asking for a clause's plan, once a search: a {@link PlanAnswer}, or a
     * {@link CancellationException}. It completes on a thread that must not be kept.
     */
    public CompletableFuture<PlanAnswer> plan(RecallRequest asked, PlanTarget target, SearchPlans search) {
        if (!asked.needsPlan()) {
            return CompletableFuture.completedFuture(PlanAnswer.UNASKED);
        }
        return search.once(asked, request -> ask(request, target, search));
    }

    private CompletableFuture<PlanAnswer> ask(RecallRequest asked, PlanTarget target, SearchPlans search) {
        if (target.generation() == null) {
            return CompletableFuture.completedFuture(fallBack(
                    search, new RankFailure(FallbackCause.GENERATION_UNKNOWN, "no searched index names its generation")));
        }
        long start = System.nanoTime();
        boolean withVector = asked.routes().contains(Route.VECTOR) && target.dimensions() > 0;
        PlanRequest request = new PlanRequest(asked, target, withVector, search.requestId(), now(target, search));
        return client.ask(request, search.deadline(), search::isCancelled).handle((plan, why) -> {
            try {
                if (why != null) {
                    return fallBack(search, failure(why));
                }
                check(plan, target);
                statistics.planned(System.nanoTime() - start);
                return new PlanAnswer(plan, null);
            } catch (RankFailure e) {
                return fallBack(search, e);
            } catch (CancellationException e) {
                statistics.cancelled();
                throw e;
            }
        });
    }

    private Long now(PlanTarget target, SearchPlans search) {
        if (search.now() != null) {
            return search.now();
        }
        return target.clockOffset() == null ? null : wallMillis.getAsLong() + target.clockOffset();
    }

    private static RankFailure failure(Throwable why) {
        Throwable cause = why instanceof CompletionException ? why.getCause() : why;
        return switch (cause) {
            case RankFailure known -> known;
            case CancellationException cancelled -> throw cancelled;
            default -> new RankFailure(FallbackCause.INTERNAL_ERROR, cause.toString(), cause);
        };
    }

    /** A good plan may still be another generation's, or its vector of another encoder. */
    private static void check(QueryPlan plan, PlanTarget target) throws RankFailure {
        if (!plan.generation().equals(target.generation())) {
            throw new RankFailure(FallbackCause.BAD_PLAN, "the plan is of another generation than ["
                    + target.generation() + "]");
        }
        if (plan.vector() != null && plan.vector().length != target.dimensions()) {
            throw new RankFailure(FallbackCause.BAD_PLAN, "the plan's vector has [" + plan.vector().length
                    + "] dimensions, index [" + target.index() + "] has [" + target.dimensions() + "]");
        }
    }

    private PlanAnswer fallBack(SearchPlans search, RankFailure why) {
        search.fellBack(why.fallbackCause());
        statistics.fellBack(why.fallbackCause(), why.getMessage(), wallMillis.getAsLong());
        return new PlanAnswer(null, why.fallbackCause());
    }

    /** What asking for plans did on this node since it started, as JSON values. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>(statistics.toMap());
        map.put("in_flight", client.inFlight());
        return map;
    }

    @Override
    public void close() {
        client.close();
    }
}
