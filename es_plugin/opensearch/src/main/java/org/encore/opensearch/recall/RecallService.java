package org.encore.opensearch.recall;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import org.encore.plan.PlanAnswer;
import org.encore.plan.PlanIndices;
import org.encore.plan.PlanTarget;
import org.encore.plan.Planner;
import org.encore.plan.SearchPlans;
import org.encore.rank.Deadline;
import org.encore.rescore.IndexMeta;
import org.opensearch.action.IndicesRequest;
import org.opensearch.action.search.SearchContextId;
import org.opensearch.action.search.SearchRequest;
import org.opensearch.action.support.ContextPreservingActionListener;
import org.opensearch.cluster.metadata.IndexMetadata;
import org.opensearch.cluster.metadata.IndexNameExpressionResolver;
import org.opensearch.cluster.service.ClusterService;
import org.opensearch.common.unit.TimeValue;
import org.opensearch.common.util.concurrent.AbstractRunnable;
import org.opensearch.common.util.concurrent.ThreadContext;
import org.opensearch.core.action.ActionListener;
import org.opensearch.core.common.io.stream.NamedWriteableRegistry;
import org.opensearch.core.tasks.TaskCancelledException;
import org.opensearch.search.SearchService;
import org.opensearch.search.builder.PointInTimeBuilder;
import org.opensearch.threadpool.ThreadPool;

/** What the clauses of one node share. Lives as long as the node. */
public final class RecallService {
    private final Planner planner;
    private final ClusterService cluster;
    private final NamedWriteableRegistry writeables;
    private final IndexNameExpressionResolver names;
    private final ThreadContext threadContext;
    private final ExecutorService executor;
    private final PlanIndices indices = new PlanIndices();

    private volatile TimeValue defaultSearchTimeout;

    public RecallService(
            ClusterService cluster,
            ThreadPool threads,
            NamedWriteableRegistry writeables,
            IndexNameExpressionResolver names,
            Planner planner) {
        this.planner = planner;
        this.cluster = cluster;
        this.writeables = writeables;
        this.names = names;
        this.threadContext = threads.getThreadContext();
        // Not the threads of searches, which may all be waiting for their ranks.
        this.executor = threads.generic();
        this.defaultSearchTimeout = SearchService.DEFAULT_SEARCH_TIMEOUT_SETTING.get(cluster.getSettings());
        cluster.getClusterSettings()
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
    PlanTarget target(IndicesRequest search) {
        List<PlanTarget.Index> all = new ArrayList<>();
        for (String name : names(search)) {
            IndexMetadata index = cluster.state().metadata().index(name);
            if (index != null) { // Else it is on another cluster, or gone: the search itself will tell.
                all.add(index(index));
            }
        }
        return PlanTarget.of(all);
    }

    private String[] names(IndicesRequest request) {
        try {
            PointInTimeBuilder pit = request instanceof SearchRequest search && search.source() != null
                    ? search.source().pointInTimeBuilder()
                    : null;
            return pit != null
                    ? SearchContextId.decode(writeables, pit.getId()).getActualIndices()
                    : names.concreteIndexNames(cluster.state(), request);
        } catch (RuntimeException e) {
            return new String[0]; // No such index, a closed one…: the search itself will tell.
        }
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
