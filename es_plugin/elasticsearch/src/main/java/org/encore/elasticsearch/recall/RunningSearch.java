package org.encore.elasticsearch.recall;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.elasticsearch.common.util.concurrent.ThreadContext;
import org.elasticsearch.tasks.TaskId;
import org.encore.plan.SearchPlans;

/**
 * The search that a thread works for, kept in its thread context so that a clause anywhere in the search finds it.
 *
 * <p>The searches that a search starts itself, as a compound retriever does, belong to it. Those of an {@code _msearch} are
 * each their own: the context of one may reach the next, so a child is known by its parent's task and not by the context.
 */
public final class RunningSearch {
    private static final String KEY = "encore.search";
    private static final String WRITE = "encore.write";

    private final SearchPlans plans;
    private final Set<Long> tasks = ConcurrentHashMap.newKeySet();

    private RunningSearch(SearchPlans plans, long task) {
        this.plans = plans;
        tasks.add(task);
    }

    /** The plans of the search that this context belongs to, or null. */
    public static SearchPlans plans(ThreadContext context) {
        RunningSearch running = context.getTransient(KEY);
        return running == null ? null : running.plans;
    }

    /** Makes the task part of the search that started it; false where none did. */
    static boolean adopt(ThreadContext context, TaskId parent, long task) {
        RunningSearch running = context.getTransient(KEY);
        if (running == null || !parent.isSet() || !running.tasks.contains(parent.getId())) {
            return false;
        }
        running.tasks.add(task);
        return true;
    }

    /** Whether the searches of this context choose what is written. */
    static boolean isWrite(ThreadContext context) {
        return context.getTransient(WRITE) != null;
    }

    /** Begins a write by query in this context; closing the answer ends it there. */
    static ThreadContext.StoredContext beginWrite(ThreadContext context) {
        ThreadContext.StoredContext before = context.newStoredContextPreservingResponseHeaders(Set.of(WRITE), Set.of());
        context.putTransient(WRITE, Boolean.TRUE);
        return before;
    }

    /** Begins a search in this context; closing the answer ends it there. */
    static ThreadContext.StoredContext begin(ThreadContext context, SearchPlans plans, long task) {
        ThreadContext.StoredContext before = context.newStoredContextPreservingResponseHeaders(Set.of(KEY), Set.of());
        context.putTransient(KEY, new RunningSearch(plans, task));
        return before;
    }
}
