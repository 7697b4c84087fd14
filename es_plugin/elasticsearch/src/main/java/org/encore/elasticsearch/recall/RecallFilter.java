package org.encore.elasticsearch.recall;

import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.elasticsearch.action.ActionListener;
import org.elasticsearch.action.ActionRequest;
import org.elasticsearch.action.ActionResponse;
import org.elasticsearch.action.explain.TransportExplainAction;
import org.elasticsearch.action.search.SearchRequest;
import org.elasticsearch.action.search.SearchResponse;
import org.elasticsearch.action.search.TransportMultiSearchAction;
import org.elasticsearch.action.search.TransportSearchAction;
import org.elasticsearch.action.support.ActionFilter;
import org.elasticsearch.action.support.ActionFilterChain;
import org.elasticsearch.common.util.concurrent.ThreadContext;
import org.elasticsearch.core.TimeValue;
import org.elasticsearch.search.SearchHit;
import org.elasticsearch.tasks.CancellableTask;
import org.elasticsearch.tasks.Task;
import org.encore.plan.PlanTarget;
import org.encore.plan.SearchPlans;
import org.encore.rank.Deadline;
import org.encore.rank.FallbackCause;
import org.encore.rescore.AnswerHeaders;
import org.encore.rescore.HitMark;

/**
 * Stands around each search, so that a clause in it knows whose it is, and tells at the end what became of its plan: in
 * the answer's headers, and in the mark of each hit that was found without one.
 *
 * <p>It sees every search and changes none: whether there is a clause in it shows when the clause is rewritten.
 */
public final class RecallFilter implements ActionFilter {
    /** Before {@code fine_rank}'s, which gives the search its identity. */
    private static final int ORDER = 90;

    /** Of a module of the engine's, whose classes are not known here. */
    private static final Set<String> WRITES =
            Set.of("indices:data/write/delete/byquery", "indices:data/write/update/byquery");

    private final Supplier<RecallService> service;

    public RecallFilter(Supplier<RecallService> service) {
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
        ThreadContext context = service.get().threadContext();
        if (WRITES.contains(action)) {
            try (ThreadContext.StoredContext ignored = RunningSearch.beginWrite(context)) {
                chain.proceed(task, action, request, listener);
            }
            return;
        }
        boolean isSearch = TransportSearchAction.NAME.equals(action) && request instanceof SearchRequest;
        boolean isSeveral = TransportMultiSearchAction.TYPE.name().equals(action);
        boolean isExplain = TransportExplainAction.TYPE.name().equals(action);
        boolean isOurs = isSearch || isSeveral || isExplain;
        if (!isOurs || RunningSearch.adopt(context, request.getParentTask(), task.getId()) || isSeveral) {
            chain.proceed(task, action, request, listener);
            return;
        }
        SearchPlans plans = new SearchPlans(
                isSearch ? deadline((SearchRequest) request) : Deadline.NONE,
                task instanceof CancellableTask cancellable ? cancellable::isCancelled : () -> false,
                () -> isSearch ? service.get().target((SearchRequest) request) : PlanTarget.NONE);
        boolean ownAnswer = !request.getParentTask().isSet();
        try (ThreadContext.StoredContext ignored = RunningSearch.begin(context, plans, task.getId())) {
            chain.proceed(task, action, request, told(plans, ownAnswer, listener));
        }
    }

    private long deadline(SearchRequest search) {
        TimeValue timeout = search.source() == null || search.source().timeout() == null
                ? service.get().defaultSearchTimeout()
                : search.source().timeout();
        return timeout.millis() < 0 ? Deadline.NONE : System.nanoTime() + timeout.nanos();
    }

    private <Response> ActionListener<Response> told(
            SearchPlans plans, boolean ownAnswer, ActionListener<Response> listener) {
        return new ActionListener<>() {
            @Override
            public void onResponse(Response response) {
                if (plans.isUsed()) {
                    Set<FallbackCause> causes = plans.causes();
                    if (!causes.isEmpty() && response instanceof SearchResponse found) {
                        mark(found, causes);
                    }
                    if (ownAnswer && !plans.isToldByRanking()) {
                        tell(causes);
                    }
                }
                listener.onResponse(response);
            }

            private void tell(Set<FallbackCause> causes) {
                ThreadContext answer = service.get().threadContext();
                answer.addResponseHeader(AnswerHeaders.REQUEST_ID, plans.requestId());
                String degraded = AnswerHeaders.degraded(causes, List.of());
                if (degraded != null) {
                    answer.addResponseHeader(AnswerHeaders.DEGRADED, degraded);
                }
            }

            @Override
            public void onFailure(Exception e) {
                if (ownAnswer && plans.isUsed() && !plans.isToldByRanking()) {
                    service.get().threadContext().addResponseHeader(AnswerHeaders.REQUEST_ID, plans.requestId());
                }
                listener.onFailure(e);
            }
        };
    }

    /** The shards marked their hits; a mark that was made here since, of a global rank, is told too. */
    private static void mark(SearchResponse found, Set<FallbackCause> causes) {
        String all = AnswerHeaders.degraded(causes, List.of());
        for (SearchHit hit : found.getHits().getHits()) {
            if (hit.field(HitMark.FIELD) != null) {
                PlanMarks.mark(hit, all);
            }
        }
    }
}
