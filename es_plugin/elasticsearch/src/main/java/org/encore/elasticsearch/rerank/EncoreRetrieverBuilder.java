package org.encore.elasticsearch.rerank;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.elasticsearch.action.ActionRequestValidationException;
import org.elasticsearch.index.query.QueryBuilder;
import org.elasticsearch.index.query.QueryRewriteContext;
import org.elasticsearch.plugins.SearchPlugin.RetrieverSpec;
import org.elasticsearch.search.SearchService;
import org.elasticsearch.search.builder.SearchSourceBuilder;
import org.elasticsearch.search.retriever.RetrieverBuilder;
import org.elasticsearch.xcontent.XContentBuilder;
import org.encore.elasticsearch.rescore.FineRankService;
import org.encore.rerank.GlobalSearch;
import org.encore.rerank.RerankFields;
import org.encore.rerank.RerankRequest;

/**
 * The retriever {@code encore} of the search API: another retriever's best hits, in the ranker's order.
 *
 * <pre>
 * "retriever": {"encore": {
 *     "retriever": {"standard": {"query": {…}}}, "query": "周杰伦 晴天", "user": "u42", "context": {"device": "phone"},
 *     "config": "…", "request_id": "…", "now": 1760000000000, "rank_window_size": 500, "filter": […], "min_score": 1}}
 * </pre>
 *
 * <p>Only {@code retriever} and {@code query} are required. It runs no search of its own: the inner retriever is put into the
 * search as if it stood alone, and an {@link EncoreRankBuilder} over it. It must be the outermost one, since only
 * a search's own hits can tell how they were ranked.
 */
public final class EncoreRetrieverBuilder extends RetrieverBuilder {
    /** The retriever's name in requests. */
    public static final String NAME = "encore";

    static final String RETRIEVER = "retriever";
    static final String NOT_OUTERMOST = "[" + NAME + "] must be the outermost retriever of a search, whose hits tell how they were"
            + " ranked: put the others inside it";

    private final RetrieverBuilder inner;
    private final RerankRequest request;
    private final Supplier<FineRankService> service;
    private final GlobalSearch search;

    EncoreRetrieverBuilder(
            RetrieverBuilder inner, RerankRequest request, Supplier<FineRankService> service, GlobalSearch search) {
        this.inner = inner;
        this.request = request;
        this.service = service;
        this.search = search;
    }

    /** How the engine reads it from requests. */
    public static RetrieverSpec<EncoreRetrieverBuilder> spec(Supplier<FineRankService> service) {
        return new RetrieverSpec<>(NAME, (parser, context) -> EncoreRetrieverParser.parse(parser, context, service));
    }

    /** With the values of the fields that all retrievers have. */
    EncoreRetrieverBuilder common(List<QueryBuilder> filters, String name) {
        preFilterQueryBuilders = new ArrayList<>(filters);
        minScore = request.minScore();
        retrieverName = name;
        return this;
    }

    private EncoreRetrieverBuilder with(RetrieverBuilder newInner, RerankRequest newRequest, GlobalSearch newSearch) {
        return new EncoreRetrieverBuilder(newInner, newRequest, service, newSearch)
                .common(preFilterQueryBuilders, retrieverName);
    }

    /** The same retriever in that execution, with what the coordinator filled in. */
    EncoreRetrieverBuilder coordinated(RerankRequest filled, GlobalSearch execution) {
        return with(inner, filled, execution);
    }

    RetrieverBuilder inner() {
        return inner;
    }

    RerankRequest request() {
        return request;
    }

    @Override
    public String getName() {
        return NAME;
    }

    /** The engine opens a point in time for an inner retriever that needs one. */
    @Override
    public boolean isCompound() {
        return inner.isCompound();
    }

    @Override
    public RetrieverBuilder rewrite(QueryRewriteContext context) throws IOException {
        if (!preFilterQueryBuilders.isEmpty()) {
            inner.getPreFilterQueryBuilders().addAll(preFilterQueryBuilders);
            return with(inner, request, search).common(List.of(), retrieverName);
        }
        RetrieverBuilder rewritten = inner.rewrite(context);
        return rewritten == inner ? this : with(rewritten, request, search);
    }

    @Override
    public void extractToSearchSourceBuilder(SearchSourceBuilder source, boolean compoundUsed) {
        if (compoundUsed || search == null) {
            throw new IllegalArgumentException(NOT_OUTERMOST);
        }
        if (source.size() < 0) {
            source.size(SearchService.DEFAULT_SIZE);
        }
        inner.extractToSearchSourceBuilder(source, false);
        request.checkLacks(SearchSourceBuilder.SORT_FIELD.getPreferredName(), source.sorts() != null);
        request.checkLacks(SearchSourceBuilder.SEARCH_AFTER.getPreferredName(), source.searchAfter() != null);
        request.checkLacks(SearchSourceBuilder.COLLAPSE.getPreferredName(), source.collapse() != null);
        if (source.size() > 0) {
            FineRankService node = service.get();
            source.rankBuilder(new EncoreRankBuilder(
                    request.window(), new Coordination(search, request.minScore(), node.globalRanker(), node.threadContext())));
        }
    }

    @Override
    public QueryBuilder topDocsQuery() {
        return inner.topDocsQuery();
    }

    @Override
    public QueryBuilder explainQuery() {
        return inner.explainQuery();
    }

    @Override
    public ActionRequestValidationException validate(
            SearchSourceBuilder source,
            ActionRequestValidationException errors,
            boolean isScroll,
            boolean allowPartialSearchResults) {
        return inner.validate(source, errors, isScroll, allowPartialSearchResults);
    }

    @Override
    protected void doToXContent(XContentBuilder builder, Params params) throws IOException {
        builder.field(RETRIEVER, inner);
        for (Map.Entry<String, Object> field : request.search().toMap().entrySet()) {
            builder.field(field.getKey(), field.getValue());
        }
        builder.field(RerankFields.WINDOW, request.window());
    }

    @Override
    protected boolean doEquals(Object other) {
        EncoreRetrieverBuilder that = (EncoreRetrieverBuilder) other;
        return inner.equals(that.inner) && request.equals(that.request) && search == that.search;
    }

    @Override
    protected int doHashCode() {
        return Objects.hash(inner, request);
    }
}
