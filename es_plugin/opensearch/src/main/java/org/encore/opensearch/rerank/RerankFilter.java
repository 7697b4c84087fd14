package org.encore.opensearch.rerank;

import java.util.function.Supplier;
import org.encore.opensearch.recall.RunningSearch;
import org.encore.opensearch.rescore.FineRankService;
import org.encore.plan.SearchPlans;
import org.encore.rerank.GlobalSearch;
import org.opensearch.action.ActionRequest;
import org.opensearch.action.search.SearchAction;
import org.opensearch.action.search.SearchRequest;
import org.opensearch.action.support.ActionFilter;
import org.opensearch.action.support.ActionFilterChain;
import org.opensearch.action.support.ActionRequestMetadata;
import org.opensearch.common.util.concurrent.ThreadContext;
import org.opensearch.core.action.ActionListener;
import org.opensearch.core.action.ActionResponse;
import org.opensearch.tasks.Task;

/**
 * Keeps a search's task where its pipeline's processors find it, and tells in the answer's headers how it was ranked.
 *
 * <p>It stands before the search action, which the searches of an {@code _msearch} pass too. There the headers are left
 * alone: one answer has many searches, and only their hits say how each was ranked.
 */
public final class RerankFilter implements ActionFilter {
    /** Behind authorisation. */
    private static final int ORDER = 101;

    private final Supplier<FineRankService> service;

    public RerankFilter(Supplier<FineRankService> service) {
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
            ActionRequestMetadata<Request, Response> metadata,
            ActionListener<Response> listener,
            ActionFilterChain<Request, Response> chain) {
        if (!SearchAction.NAME.equals(action) || !(request instanceof SearchRequest search)) {
            chain.proceed(task, action, request, listener);
            return;
        }
        CoordinatedSearch coordinated = new CoordinatedSearch(task);
        boolean ownAnswer = !search.getParentTask().isSet();
        try (ThreadContext.StoredContext ignored = coordinated.enter(service.get().threadContext())) {
            chain.proceed(task, action, request, told(coordinated, ownAnswer, listener));
        }
    }

    private <Response> ActionListener<Response> told(
            CoordinatedSearch coordinated, boolean ownAnswer, ActionListener<Response> listener) {
        SearchPlans plans = RunningSearch.plans(service.get().threadContext());
        return new ActionListener<>() {
            @Override
            public void onResponse(Response response) {
                addHeaders();
                if (isUnranked()) {
                    listener.onFailure(RerankResponseProcessor.missing("response"));
                    return;
                }
                listener.onResponse(response);
            }

            /** The whole window would be the page. */
            private boolean isUnranked() {
                return coordinated.search() != null && coordinated.search().order() == null;
            }

            @Override
            public void onFailure(Exception e) {
                addHeaders();
                listener.onFailure(e);
            }

            private void addHeaders() {
                GlobalSearch search = coordinated.search();
                if (ownAnswer && search != null) {
                    search.headers(plans).forEach(service.get().threadContext()::addResponseHeader);
                }
            }
        };
    }
}
