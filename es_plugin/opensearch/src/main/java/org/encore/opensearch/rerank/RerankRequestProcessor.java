package org.encore.opensearch.rerank;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.function.Supplier;
import org.encore.opensearch.recall.RunningSearch;
import org.encore.opensearch.rescore.FineRankService;
import org.encore.plan.SearchPlans;
import org.encore.request.MapReader;
import org.encore.rerank.GlobalSearch;
import org.encore.rerank.RerankFields;
import org.encore.rerank.RerankRequest;
import org.encore.rerank.SearchedIndices;
import org.encore.rescore.IndexMeta;
import org.opensearch.action.search.SearchRequest;
import org.opensearch.common.unit.TimeValue;
import org.opensearch.search.SearchService;
import org.opensearch.search.builder.SearchSourceBuilder;
import org.opensearch.search.pipeline.AbstractProcessor;
import org.opensearch.search.pipeline.PipelineProcessingContext;
import org.opensearch.search.pipeline.Processor;
import org.opensearch.search.pipeline.SearchRequestProcessor;

/**
 * The request processor {@code encore_rerank}: widens a search's page to its window, and remembers the page for the response
 * processor of the same name.
 *
 * <p>What is searched for stands in the search's {@code ext.encore_rerank} (see {@link RerankExt}), in the processor's own
 * object, whose values hold where the search says nothing, or in the search's {@code encore} clause. A search with
 * none of them is left alone, so that the pipeline may be an index's default.
 */
public final class RerankRequestProcessor extends AbstractProcessor implements SearchRequestProcessor {
    private final RerankFields own;
    private final Supplier<FineRankService> service;

    private RerankRequestProcessor(
            String tag, String description, boolean ignoreFailure, RerankFields own, Supplier<FineRankService> service) {
        super(tag, description, ignoreFailure);
        this.own = own;
        this.service = service;
    }

    /** Makes one of a pipeline's object. */
    public static Processor.Factory<SearchRequestProcessor> factory(Supplier<FineRankService> service) {
        return (factories, tag, description, ignoreFailure, config, context) -> {
            RerankFields own = RerankFields.read(
                    RerankExt.NAME, new MapReader(RerankExt.NAME, new LinkedHashMap<>(config)), RerankFields.More.NONE);
            config.clear(); // What the engine finds left over it takes for unknown.
            return new RerankRequestProcessor(tag, description, ignoreFailure, own, service);
        };
    }

    @Override
    public String getType() {
        return RerankExt.NAME;
    }

    @Override
    public SearchRequest processRequest(SearchRequest request) {
        throw new UnsupportedOperationException("a search's page is remembered in its pipeline's context");
    }

    @Override
    public SearchRequest processRequest(SearchRequest request, PipelineProcessingContext pipeline) throws IOException {
        SearchSourceBuilder source = request.source() == null ? new SearchSourceBuilder() : request.source();
        RerankExt asked = RerankSearch.ext(source);
        RerankFields fields = asked == null ? RerankFields.none(RerankExt.NAME) : asked.fields();
        fields.fillFrom(own).fillFrom(RerankSearch.recall(source));
        if (asked == null && !fields.hasQuery()) {
            return request;
        }
        RerankRequest rerank = fields.request();
        int from = source.from() == -1 ? SearchService.DEFAULT_FROM : source.from();
        int size = source.size() == -1 ? SearchService.DEFAULT_SIZE : source.size();
        rerank.checkPage(from, size);
        RerankSearch.check(rerank, request, source);
        if (size > 0) {
            GlobalSearch search = begin(request, source, rerank);
            boolean hidesId = RerankSearch.hidesVideoId(source);
            pipeline.setAttribute(RerankExt.NAME, new RankedPage(search, from, size, rerank.minScore(), hidesId));
            request.source(widened(source, rerank.window(), hidesId));
        }
        return request;
    }

    private GlobalSearch begin(SearchRequest request, SearchSourceBuilder source, RerankRequest rerank) {
        FineRankService node = service.get();
        SearchedIndices indices = node.searched(RerankExt.NAME, request);
        RerankRequest filled = rerank.identified(() -> node.now(indices));
        TimeValue timeout = source.timeout() != null ? source.timeout() : node.defaultSearchTimeout();
        CoordinatedSearch coordinated = CoordinatedSearch.current(node.threadContext());
        GlobalSearch search = new GlobalSearch(
                filled.identity(indices),
                Boolean.TRUE.equals(source.explain()),
                timeout.millis(),
                coordinated::isCancelled);
        coordinated.ranks(search);
        SearchPlans plans = RunningSearch.plans(node.threadContext());
        if (plans != null) {
            plans.identify(filled.search().requestId(), filled.search().now());
        }
        return search;
    }

    private static SearchSourceBuilder widened(SearchSourceBuilder source, int window, boolean hidesId) {
        // A copy: a caller inside the node may send the same source again, as another search.
        SearchSourceBuilder widened = source.shallowCopy().from(0).size(window);
        return hidesId ? widened.docValueField(IndexMeta.VIDEO_ID) : widened;
    }
}
