package org.encore.plan;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.encore.rank.FallbackCause;
import org.encore.rescore.FreshId;

/**
 * One running search and the plans that were asked for it: its identity is set once, what its clauses ask alike is asked
 * once, and what became of it is told at its end. Thread-safe.
 */
public final class SearchPlans {
    private final long deadline;
    private final BooleanSupplier cancelled;
    private final Supplier<PlanTarget> target;
    private final Map<RecallRequest, CompletableFuture<PlanAnswer>> asked = new HashMap<>();
    private final Set<FallbackCause> causes = EnumSet.noneOf(FallbackCause.class);
    private String requestId;
    private Long now;
    private boolean named;
    private boolean toldByRanking;

    /**
     * A search that begins.
     *
     * @param deadline  {@code System.nanoTime()} at which its own timeout is over, or
     *                  {@link org.encore.rank.Deadline#NONE}
     * @param cancelled whether it is cancelled
     */
    public SearchPlans(long deadline, BooleanSupplier cancelled) {
        this(deadline, cancelled, () -> PlanTarget.NONE);
    }

    /**
     * A search that begins.
     *
     * @param target what plans are made for where the engine doesn't say which indices are searched; asked when needed
     */
    public SearchPlans(long deadline, BooleanSupplier cancelled, Supplier<PlanTarget> target) {
        this.deadline = deadline;
        this.cancelled = cancelled;
        this.target = target;
    }

    /**
     * What plans are made for, by the indices that the search names.
     *
     * @throws IllegalArgumentException they are of several generations
     */
    public PlanTarget target() {
        return target.get();
    }

    /** Sets the identity that {@code fine_rank} has, which tells it in the answer; before any clause asks. */
    public synchronized void identify(String id, long nowMillis) {
        requestId = id;
        now = nowMillis;
        toldByRanking = true;
    }

    /** Whether {@code fine_rank} tells the answer's id and causes. */
    public synchronized boolean isToldByRanking() {
        return toldByRanking;
    }

    /** The search's id: that of {@code fine_rank}, or a fresh one. */
    public synchronized String requestId() {
        if (requestId == null) {
            requestId = FreshId.next();
        }
        return requestId;
    }

    /** The search's time, UTC milliseconds: that of {@code fine_rank}, or null. */
    synchronized Long now() {
        return now;
    }

    long deadline() {
        return deadline;
    }

    boolean isCancelled() {
        return cancelled.getAsBoolean();
    }

    /** What came of that request; {@code ask} is called for the first clause that makes it. */
    synchronized CompletableFuture<PlanAnswer> once(
            RecallRequest request, Function<RecallRequest, CompletableFuture<PlanAnswer>> ask) {
        CompletableFuture<PlanAnswer> known = asked.get(request);
        if (known == null) {
            known = ask.apply(request);
            asked.put(request, known);
        }
        return known;
    }

    /** Keeps why a clause has no plan. */
    synchronized void fellBack(FallbackCause cause) {
        causes.add(cause);
    }

    /** Whether a clause that becomes queries now may name them: the first one of the search. */
    public synchronized boolean takeNames() {
        boolean mayName = !named;
        named = true;
        return mayName;
    }

    /** Whether the search has a clause. */
    public synchronized boolean isUsed() {
        return named;
    }

    /** Why clauses have no plan; empty where all have what they needed. */
    public synchronized Set<FallbackCause> causes() {
        return causes.isEmpty() ? Set.of() : EnumSet.copyOf(causes);
    }
}
