package org.encore.rerank;

import java.util.concurrent.CancellationException;
import org.encore.rank.Deadline;
import org.encore.rank.SearchIdentity;

/**
 * One execution of a search on its coordinator: who asks, until when, and what came of it. Shared by what runs before,
 * between and after the engine's phases. Thread-safe.
 */
public final class GlobalSearch {
    private final SearchIdentity identity;
    private final boolean explain;
    private final long deadline;

    private volatile boolean cancelled;
    private volatile GlobalOrder order;

    /**
     * A search that begins now.
     *
     * @param identity of {@link SearchIdentity.Stage#GLOBAL}
     * @param explain  whether it asks for explanations
     * @param deadline {@code System.nanoTime()} at which its own timeout is over, or {@link Deadline#NONE}
     */
    public GlobalSearch(SearchIdentity identity, boolean explain, long deadline) {
        this.identity = identity;
        this.explain = explain;
        this.deadline = deadline;
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

    /** Ends the wait for the ranker, now or when it begins. */
    public void cancel() {
        cancelled = true;
    }

    /** Throws {@link CancellationException} where the search is cancelled. */
    void checkCancelled() {
        if (cancelled) {
            throw new CancellationException();
        }
    }

    void ordered(GlobalOrder result) {
        order = result;
    }

    /** The order of its window; null as long as there is none, and where no hit was found. */
    public GlobalOrder order() {
        return order;
    }
}
