package org.encore.opensearch.rerank;

import java.util.function.Supplier;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.encore.opensearch.rescore.FineRankService;
import org.encore.rerank.GlobalOrder;
import org.encore.rerank.GlobalRanker;
import org.opensearch.action.search.SearchRequest;
import org.opensearch.action.search.SearchResponse;
import org.opensearch.action.support.ContextPreservingActionListener;
import org.opensearch.common.util.concurrent.ThreadContext;
import org.opensearch.core.action.ActionListener;
import org.opensearch.core.tasks.TaskCancelledException;
import org.opensearch.search.pipeline.AbstractProcessor;
import org.opensearch.search.pipeline.PipelineProcessingContext;
import org.opensearch.search.pipeline.Processor;
import org.opensearch.search.pipeline.SearchResponseProcessor;

/**
 * The response processor {@code encore_rerank}: asks the ranker once for the window that the request processor of the same
 * name made, without holding a thread, and answers the page in its order. A ranker that fails degrades the order,
 * never the search.
 */
public final class RerankResponseProcessor extends AbstractProcessor implements SearchResponseProcessor {
    private static final Logger logger = LogManager.getLogger(RerankResponseProcessor.class);

    private final Supplier<FineRankService> service;

    private RerankResponseProcessor(
            String tag, String description, boolean ignoreFailure, Supplier<FineRankService> service) {
        super(tag, description, ignoreFailure);
        this.service = service;
    }

    /** Makes one of a pipeline's object, which is empty. */
    public static Processor.Factory<SearchResponseProcessor> factory(Supplier<FineRankService> service) {
        return (factories, tag, description, ignoreFailure, config, context) ->
                new RerankResponseProcessor(tag, description, ignoreFailure, service);
    }

    /** The exception for a pipeline that has one of the two processors alone. */
    static IllegalArgumentException missing(String side) {
        return new IllegalArgumentException("[" + RerankExt.NAME + "] must stand among a pipeline's request_processors and its"
                + " response_processors: it lacks the [" + side + "] one");
    }

    @Override
    public String getType() {
        return RerankExt.NAME;
    }

    @Override
    public SearchResponse processResponse(SearchRequest request, SearchResponse response) {
        throw new UnsupportedOperationException("the ranker is asked without waiting");
    }

    @Override
    public void processResponseAsync(
            SearchRequest request,
            SearchResponse response,
            PipelineProcessingContext pipeline,
            ActionListener<SearchResponse> listener) {
        if (!(pipeline.getAttribute(RerankExt.NAME) instanceof RankedPage page)) {
            boolean asked = request.source() != null && request.source().size() != 0 && RerankSearch.ext(request.source()) != null;
            if (asked) {
                listener.onFailure(missing("request"));
            } else {
                listener.onResponse(response);
            }
            return;
        }
        pipeline.setAttribute(RerankExt.NAME, null); // Once a search, however often the processor stands there.
        FineRankService node = service.get();
        ThreadContext threads = node.threadContext();
        // The ranker's thread has no context of its own; what follows needs the search's.
        ActionListener<SearchResponse> resumed =
                new ContextPreservingActionListener<>(threads.newRestorableContext(true), listener);
        node.globalRanker().rank(page.search(), RankedPage.window(response.getHits().getHits()), new GlobalRanker.Waiting() {
            @Override
            public void ordered(GlobalOrder order) {
                resumed.onResponse(page.of(response, order));
            }

            @Override
            public void cancelled() {
                resumed.onFailure(new TaskCancelledException("the search was cancelled while it waited for the ranker"));
            }

            @Override
            public void log(String message, RuntimeException fault) {
                logger.error(message, fault);
            }
        });
    }
}
