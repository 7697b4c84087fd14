package org.encore.rerank;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.encore.plan.SearchPlans;
import org.encore.rank.Deadline;
import org.encore.rank.FallbackCause;
import org.encore.rank.SearchIdentity;
import org.encore.rescore.AnswerHeaders;

/**
 * One execution of a search on its coordinator: who asks, until when, and what came of it. Shared by what runs before,
 * between and after the engine's phases. Thread-safe.
 */
public final class GlobalSearch {
    private final SearchIdentity identity;
    private final boolean explain;
    private final long deadline;
    private final BooleanSupplier isCancelled;

    private volatile GlobalOrder order;

    /**
     * A search that begins now.
     *
     * @param identity      of {@link SearchIdentity.Stage#GLOBAL}
     * @param explain       whether it asks for explanations
     * @param timeoutMillis its own timeout, or negative for none
     * @param isCancelled   whether nobody waits for its answer any more
     */
    public GlobalSearch(SearchIdentity identity, boolean explain, long timeoutMillis, BooleanSupplier isCancelled) {
        this.identity = identity;
        this.explain = explain;
        this.deadline = timeoutMillis < 0
                ? Deadline.NONE
                : System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        this.isCancelled = isCancelled;
    }

    /** Who searches for what and when. */
    public SearchIdentity identity() {
        return identity;
    }

    boolean explain() {
        return explain;
    }

    long deadline() {
        return deadline;
    }

    /** Throws {@link CancellationException} where the search is cancelled. */
    void checkCancelled() {
        if (isCancelled.getAsBoolean()) {
            throw new CancellationException();
        }
    }

    void ordered(GlobalOrder result) {
        order = result;
    }

    /**
     * What the answer's headers tell of it, by name.
     *
     * @param plans the same search's plans, or null
     */
    public Map<String, String> headers(SearchPlans plans) {
        Set<FallbackCause> causes = EnumSet.noneOf(FallbackCause.class);
        if (plans != null) {
            causes.addAll(plans.causes());
        }
        if (order != null && order.cause() != null) {
            causes.add(order.cause());
        }
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put(AnswerHeaders.REQUEST_ID, identity.requestId());
        if (!causes.isEmpty()) {
            headers.put(AnswerHeaders.DEGRADED, AnswerHeaders.degraded(causes, List.of()));
        }
        return headers;
    }

    /** The order of its window; null as long as there is none, and where no hit was found. */
    public GlobalOrder order() {
        return order;
    }
}
