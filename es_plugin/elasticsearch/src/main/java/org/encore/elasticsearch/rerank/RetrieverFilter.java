package org.encore.elasticsearch.rerank;

import java.util.function.Supplier;
import org.elasticsearch.action.ActionListener;
import org.elasticsearch.action.ActionRequest;
import org.elasticsearch.action.ActionResponse;
import org.elasticsearch.action.search.SearchRequest;
import org.elasticsearch.action.search.SearchResponse;
import org.elasticsearch.action.search.TransportSearchAction;
import org.elasticsearch.action.support.ActionFilter;
import org.elasticsearch.action.support.ActionFilterChain;
import org.elasticsearch.core.TimeValue;
import org.elasticsearch.search.SearchService;
import org.elasticsearch.search.builder.SearchSourceBuilder;
import org.elasticsearch.search.retriever.CompoundRetrieverBuilder;
import org.elasticsearch.search.retriever.RetrieverBuilder;
import org.elasticsearch.tasks.CancellableTask;
import org.elasticsearch.tasks.Task;
import org.encore.elasticsearch.recall.RunningSearch;
import org.encore.elasticsearch.rescore.FineRankSearch;
import org.encore.elasticsearch.rescore.FineRankService;
import org.encore.plan.SearchPlans;
import org.encore.rerank.GlobalSearch;
import org.encore.rerank.RerankRequest;
import org.encore.rerank.SearchedIndices;

/**
 * Gives each search with the retriever {@code encore} its identity, once, on the coordinator; marks its hits and tells in
 * the answer's headers what happened.
 *
 * <p>It stands before the search action, which the searches of an {@code _msearch} pass too. There the headers are left
 * alone: one answer has many searches, and only their hits say how each was ranked.
 */
public final class RetrieverFilter implements ActionFilter {
    /** Behind authorisation, which resolves the names of indices. */
    private static final int ORDER = 101;

    private final Supplier<FineRankService> service;

    public RetrieverFilter(Supplier<FineRankService> service) {
        this.service = service;
    }

    @Override
    public int order() {
        return ORDER;
    }

    @Override
    public <Request extends ActionRequest, Response extends ActionResponse> void apply(
            Task task,
            String action,
            Request request,
            ActionListener<Response> listener,
            ActionFilterChain<Request, Response> chain) {
        if (!TransportSearchAction.NAME.equals(action)
                || !(request instanceof SearchRequest search)
                || search.source() == null
                || search.source().retriever() == null) {
            chain.proceed(task, action, request, listener);
            return;
        }
        GlobalSearch execution;
        try {
            execution = coordinated(search, task);
        } catch (IllegalArgumentException e) {
            listener.onFailure(e);
            return;
        }
        if (execution == null) {
            chain.proceed(task, action, request, listener);
            return;
        }
        boolean ownAnswer = !search.getParentTask().isSet();
        chain.proceed(task, action, request, told(execution, ownAnswer, listener));
    }

    /** The search's execution, which its source knows from now on; null where it has no such retriever. */
    private GlobalSearch coordinated(SearchRequest search, Task task) {
        SearchSourceBuilder source = search.source();
        if (!(source.retriever() instanceof EncoreRetrieverBuilder asked)) {
            if (standsWithin(source.retriever())) {
                throw new IllegalArgumentException(EncoreRetrieverBuilder.NOT_OUTERMOST);
            }
            return null;
        }
        int from = source.from() == -1 ? SearchService.DEFAULT_FROM : source.from();
        int size = source.size() == -1 ? SearchService.DEFAULT_SIZE : source.size();
        asked.request().checkPage(from, size);
        asked.request().checkLacks("scroll", search.scroll() != null);
        if (asked.inner() instanceof EncoreRetrieverBuilder || standsWithin(asked.inner())) {
            throw new IllegalArgumentException(EncoreRetrieverBuilder.NOT_OUTERMOST);
        }
        FineRankSearch.checkRetriever(asked.inner());
        FineRankService node = service.get();
        SearchedIndices indices = node.searched(EncoreRetrieverBuilder.NAME, search);
        RerankRequest filled = asked.request().identified(() -> node.now(indices));
        TimeValue timeout = source.timeout() != null ? source.timeout() : node.defaultSearchTimeout();
        GlobalSearch execution = new GlobalSearch(
                filled.identity(indices),
                Boolean.TRUE.equals(source.explain()),
                timeout.millis(),
                () -> task instanceof CancellableTask cancellable && cancellable.isCancelled());
        SearchPlans plans = RunningSearch.plans(node.threadContext());
        if (plans != null) {
            plans.identify(filled.search().requestId(), filled.search().now());
        }
        // A copy: a caller inside the node may send the same source again, as another search.
        search.source(source.shallowCopy().retriever(asked.coordinated(filled, execution)));
        // An answer depends on the ranker's health and on the user; it is never another search's.
        search.requestCache(false);
        // One window over all clusters: another one's coordinator would rank a window of its own.
        search.setCcsMinimizeRoundtrips(false);
        return execution;
    }

    private static boolean standsWithin(RetrieverBuilder retriever) {
        return retriever instanceof CompoundRetrieverBuilder<?> compound
                && compound.innerRetrievers().stream()
                        .anyMatch(inner -> inner.retriever() instanceof EncoreRetrieverBuilder
                                || standsWithin(inner.retriever()));
    }

    private <Response> ActionListener<Response> told(
            GlobalSearch execution, boolean ownAnswer, ActionListener<Response> listener) {
        FineRankService node = service.get();
        SearchPlans plans = RunningSearch.plans(node.threadContext());
        return new ActionListener<>() {
            @Override
            public void onResponse(Response response) {
                if (response instanceof SearchResponse found) {
                    RankedHits.mark(found.getHits().getHits(), execution.order());
                }
                addHeaders();
                listener.onResponse(response);
            }

            private void addHeaders() {
                if (ownAnswer) {
                    execution.headers(plans).forEach(node.threadContext()::addResponseHeader);
                }
            }

            @Override
            public void onFailure(Exception e) {
                addHeaders();
                listener.onFailure(e);
            }
        };
    }
}
