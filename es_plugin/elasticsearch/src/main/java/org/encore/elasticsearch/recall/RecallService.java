package org.encore.elasticsearch.recall;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import org.elasticsearch.action.ActionListener;
import org.elasticsearch.action.ResolvedIndices;
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
    private final ThreadContext threadContext;
    private final ExecutorService executor;
    private final PlanIndices indices = new PlanIndices();

    private volatile TimeValue defaultSearchTimeout;

    public RecallService(PluginServices services, Planner planner) {
        this.planner = planner;
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
        List<PlanTarget.Index> all =
                resolved.getConcreteLocalIndicesMetadata().values().stream().map(this::index).toList();
        return PlanTarget.of(all);
    }

    private PlanTarget.Index index(IndexMetadata index) {
        IndexMeta.Version version =
                new IndexMeta.Version(index.getIndex().getName(), index.getIndexUUID(), index.getMappingVersion());
        return indices.of(version, () -> index.mapping() == null ? null : index.mapping().sourceAsMap());
    }

    /** Goes on with a search when its plan is done, on a thread of the engine's and in this thread's context. */
    void whenDone(CompletableFuture<PlanAnswer> plan, ActionListener<?> listener) {
        ActionListener<?> preserving = ContextPreservingActionListener.wrapPreservingContext(listener, threadContext);
        plan.whenComplete((answer, why) -> executor.execute(new AbstractRunnable() {
            @Override
            protected void doRun() {
                if (why == null) {
                    preserving.onResponse(null);
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
