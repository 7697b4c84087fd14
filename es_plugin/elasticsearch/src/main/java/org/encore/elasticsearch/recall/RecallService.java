package org.encore.elasticsearch.recall;

import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;
import org.elasticsearch.action.ActionListener;
import org.elasticsearch.action.ResolvedIndices;
import org.elasticsearch.action.search.SearchRequest;
import org.elasticsearch.action.support.ContextPreservingActionListener;
import org.elasticsearch.cluster.metadata.IndexMetadata;
import org.elasticsearch.common.util.concurrent.AbstractRunnable;
import org.elasticsearch.common.util.concurrent.ThreadContext;
import org.elasticsearch.core.TimeValue;
import org.elasticsearch.plugins.Plugin.PluginServices;
import org.elasticsearch.search.SearchService;
import org.elasticsearch.tasks.TaskCancelledException;
import org.elasticsearch.threadpool.ThreadPool;
import org.encore.plan.PlanAnswer;
import org.encore.plan.PlanIndices;
import org.encore.plan.PlanTarget;
import org.encore.plan.Planner;
import org.encore.plan.SearchPlans;
import org.encore.rank.Deadline;
import org.encore.rescore.IndexMeta;

/** What the clauses of one node share. Lives as long as the node. */
public final class RecallService {
    private final Planner planner;
    private final Function<SearchRequest, Collection<IndexMetadata>> searched;
    private final ThreadContext threadContext;
    private final ExecutorService executor;
    private final PlanIndices indices = new PlanIndices();

    private volatile TimeValue defaultSearchTimeout;

    /**
     * Reads the node's settings.
     *
     * @param searched gives the indices that a search names, as far as they are this cluster's
     */
    public RecallService(
            PluginServices services, Planner planner, Function<SearchRequest, Collection<IndexMetadata>> searched) {
        this.planner = planner;
        this.searched = searched;
        this.threadContext = services.threadPool().getThreadContext();
        this.executor = services.threadPool().executor(ThreadPool.Names.SEARCH_COORDINATION);
        this.defaultSearchTimeout = SearchService.DEFAULT_SEARCH_TIMEOUT_SETTING.get(services.environment().settings());
        services.clusterService()
                .getClusterSettings()
                .addSettingsUpdateConsumer(
                        SearchService.DEFAULT_SEARCH_TIMEOUT_SETTING, timeout -> defaultSearchTimeout = timeout);
    }

    Planner planner() {
        return planner;
    }

    ThreadContext threadContext() {
        return threadContext;
    }

    /** The timeout of a search that names none; −1 for none. */
    TimeValue defaultSearchTimeout() {
        return defaultSearchTimeout;
    }

    /** The search that this thread works for; one of its own where that is no search, but a validation, say. */
    SearchPlans running() {
        SearchPlans running = RunningSearch.plans(threadContext);
        return running != null ? running : new SearchPlans(Deadline.NONE, () -> false);
    }

    /**
     * What a plan is to be made for.
     *
     * @throws IllegalArgumentException the indices are of several generations
     */
    PlanTarget target(ResolvedIndices resolved) {
        return target(resolved.getConcreteLocalIndicesMetadata().values());
    }

    /**
     * The same by the indices that a search names.
     *
     * @throws IllegalArgumentException the indices are of several generations
     */
    PlanTarget target(SearchRequest search) {
        return target(searched.apply(search));
    }

    private PlanTarget target(Collection<IndexMetadata> all) {
        return PlanTarget.of(all.stream().map(this::index).toList());
    }

    private PlanTarget.Index index(IndexMetadata index) {
        IndexMeta.Version version =
                new IndexMeta.Version(index.getIndex().getName(), index.getIndexUUID(), index.getMappingVersion());
        return indices.of(version, () -> index.mapping() == null ? null : index.mapping().sourceAsMap());
    }

    /** Goes on with a search when its plan is done, on a thread of the engine's and in this thread's context. */
    void whenDone(CompletableFuture<PlanAnswer> plan, ActionListener<?> listener) {
        whenDone(plan, listener, answer -> listener.onResponse(null));
    }

    /** The same, handing the answer on; what {@code then} throws fails the search. */
    <T> void whenDone(CompletableFuture<PlanAnswer> plan, ActionListener<T> listener, Consumer<PlanAnswer> then) {
        ActionListener<PlanAnswer> preserving = ContextPreservingActionListener.wrapPreservingContext(
                ActionListener.wrap(then::accept, listener::onFailure), threadContext);
        plan.whenComplete((answer, why) -> executor.execute(new AbstractRunnable() {
            @Override
            protected void doRun() {
                if (why == null) {
                    preserving.onResponse(answer);
                } else {
                    preserving.onFailure(new TaskCancelledException("the search was cancelled while it waited for its plan"));
                }
            }

            @Override
            public void onFailure(Exception e) {
                preserving.onFailure(e);
            }
        }));
    }
}
