package org.encore.opensearch.rerank;

import java.util.List;
import org.encore.rerank.GlobalSearch;
import org.opensearch.common.util.concurrent.ThreadContext;
import org.opensearch.tasks.CancellableTask;
import org.opensearch.tasks.Task;

/**
 * A search's task, and its global rank where a pipeline asks for one: the engine hands no task to a pipeline's processors,
 * so it travels with the context of the search's threads. Thread-safe.
 */
final class CoordinatedSearch {
    private static final String NAME = "encore_coordinated_search";

    private final Task task;
    private volatile GlobalSearch search;

    /** One that has just come. */
    CoordinatedSearch(Task task) {
        this.task = task;
    }

    /** Makes it this thread's, in place of any that is; closing what comes back restores the context as it was. */
    ThreadContext.StoredContext enter(ThreadContext threads) {
        ThreadContext.StoredContext before = threads.newStoredContext(true, List.of(NAME));
        threads.putTransient(NAME, this);
        return before;
    }

    /** That of this thread's search. */
    static CoordinatedSearch current(ThreadContext threads) {
        return threads.getTransient(NAME);
    }

    boolean isCancelled() {
        return task instanceof CancellableTask cancellable && cancellable.isCancelled();
    }

    void ranks(GlobalSearch global) {
        search = global;
    }

    /** Its global rank, or null. */
    GlobalSearch search() {
        return search;
    }
}
