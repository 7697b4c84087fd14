package org.encore.elasticsearch.rescore;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.elasticsearch.action.ActionListener;
import org.elasticsearch.action.ActionRequest;
import org.elasticsearch.action.ActionResponse;
import org.elasticsearch.action.search.SearchRequest;
import org.elasticsearch.action.search.SearchResponse;
import org.elasticsearch.action.search.TransportSearchAction;
import org.elasticsearch.action.support.ActionFilter;
import org.elasticsearch.action.support.ActionFilterChain;
import org.elasticsearch.common.util.concurrent.ThreadContext;
import org.elasticsearch.core.TimeValue;
import org.elasticsearch.search.builder.SearchSourceBuilder;
import org.elasticsearch.tasks.Task;
import org.encore.elasticsearch.recall.RunningSearch;
import org.encore.plan.SearchPlans;
import org.encore.rank.FallbackCause;
import org.encore.rescore.AnswerHeaders;
import org.encore.rescore.FineRankExecution;
import org.encore.rescore.FineRankRequest;

/**
 * Gives each search with {@code fine_rank} its identity, once, on the coordinator, and tells in the answer's headers what
 * happened.
 *
 * <p>It stands before the search action, which the searches of an {@code _msearch} pass too. There the headers are left
 * alone: one answer has many searches, and only their hits say how each was ranked.
 */
public final class FineRankFilter implements ActionFilter {
    /** Behind authorisation, which resolves the names of indices. */
    private static final int ORDER = 100;

    private final Supplier<FineRankService> service;

    public FineRankFilter(Supplier<FineRankService> service) {
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
        if (!TransportSearchAction.NAME.equals(action) || !(request instanceof SearchRequest search)) {
            chain.proceed(task, action, request, listener);
            return;
        }
        FineRankRescorerBuilder filled;
        try {
            filled = checkedAndFilled(search);
        } catch (IllegalArgumentException e) {
            listener.onFailure(e);
            return;
        }
        if (filled == null) {
            chain.proceed(task, action, request, listener);
            return;
        }
        search.source(replaced(search.source(), filled));
        // An answer depends on the ranker's health and on the user; it is never another search's.
        search.requestCache(false);
        boolean ownAnswer = !search.getParentTask().isSet();
        chain.proceed(task, action, request, ownAnswer ? told(filled, listener) : listener);
    }

    /** The search's fine ranking with its identity, or null where it has none. */
    private FineRankRescorerBuilder checkedAndFilled(SearchRequest search) {
        FineRankSearch.checkRetriever(search.source() == null ? null : search.source().retriever());
        FineRankRescorerBuilder asked = FineRankSearch.find(search.source());
        if (asked == null) {
            return null;
        }
        FineRankSearch.checks(search.source(), asked).check();
        return fill(search, asked);
    }

    private FineRankRescorerBuilder fill(SearchRequest search, FineRankRescorerBuilder asked) {
        FineRankService node = service.get();
        FineRankRequest request = asked.request();
        if (!request.isIdentified()) {
            long now = request.now() != null ? request.now() : node.clock().now(search, node.clusterState());
            request = request.identified(now);
        }
        FineRankExecution execution = asked.execution();
        if (execution.token() == null) {
            SearchSourceBuilder source = search.source();
            TimeValue timeout = source.timeout() != null ? source.timeout() : node.defaultSearchTimeout();
            execution = FineRankExecution.of(timeout.millis(), Boolean.TRUE.equals(source.explain()));
        }
        SearchPlans plans = RunningSearch.plans(node.threadContext());
        if (plans != null) {
            plans.identify(request.requestId(), request.now());
        }
        return asked.with(request, execution);
    }

    private static SearchSourceBuilder replaced(SearchSourceBuilder source, FineRankRescorerBuilder filled) {
        // A copy: a caller inside the node may send the same source again, as another search.
        return source.shallowCopy().clearRescorers().addRescorer(filled);
    }

    private <Response> ActionListener<Response> told(FineRankRescorerBuilder filled, ActionListener<Response> listener) {
        FineRankService node = service.get();
        SearchPlans plans = RunningSearch.plans(node.threadContext());
        return new ActionListener<>() {
            @Override
            public void onResponse(Response response) {
                ThreadContext answer = node.threadContext();
                answer.addResponseHeader(AnswerHeaders.REQUEST_ID, filled.request().requestId());
                if (response instanceof SearchResponse found) {
                    String causes = degraded(found);
                    if (causes != null) {
                        answer.addResponseHeader(AnswerHeaders.DEGRADED, causes);
                    }
                }
                listener.onResponse(response);
            }

            /** The causes of all shards, of this node and of others (see {@link ShardOutcome}), of the page's hits and of plans. */
            private String degraded(SearchResponse found) {
                List<String> ofHits = Arrays.stream(found.getHits().getHits()).map(HitMarks::cause).toList();
                Set<FallbackCause> causes = new HashSet<>(node.shared().traces().takeCauses(filled.execution().token()));
                if (plans != null) {
                    causes.addAll(plans.causes());
                }
                return AnswerHeaders.degraded(causes, ofHits);
            }

            @Override
            public void onFailure(Exception e) {
                node.threadContext().addResponseHeader(AnswerHeaders.REQUEST_ID, filled.request().requestId());
                listener.onFailure(e);
            }
        };
    }
}
