package org.encore.opensearch.rerank;

import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.util.SetOnce;
import org.encore.opensearch.recall.EncoreQueryBuilder;
import org.encore.opensearch.rescore.FineRankSearch;
import org.encore.plan.RecallRequest;
import org.encore.rerank.RerankRequest;
import org.encore.rescore.IndexMeta;
import org.opensearch.action.search.SearchRequest;
import org.opensearch.index.query.QueryBuilder;
import org.opensearch.index.query.QueryBuilderVisitor;
import org.opensearch.search.SearchExtBuilder;
import org.opensearch.search.builder.SearchSourceBuilder;

/** What does a search ask for that {@code encore_rerank} has to look at? */
final class RerankSearch {
    private RerankSearch() {}

    /** What it says to the processors, or null. */
    static RerankExt ext(SearchSourceBuilder source) {
        for (SearchExtBuilder ext : source.ext()) {
            if (ext instanceof RerankExt rerank) {
                return rerank;
            }
        }
        return null;
    }

    /** What its clause for recall says, or null; of several, the first. */
    static RecallRequest recall(SearchSourceBuilder source) {
        if (source.query() == null) {
            return null;
        }
        SetOnce<RecallRequest> found = new SetOnce<>();
        source.query().visit(new QueryBuilderVisitor() {
            @Override
            public void accept(QueryBuilder query) {
                if (query instanceof EncoreQueryBuilder clause) {
                    found.trySet(clause.request());
                }
            }

            @Override
            public QueryBuilderVisitor getChildVisitor(BooleanClause.Occur occur) {
                return this;
            }
        });
        return found.get();
    }

    /** Whether the video id must be read for the ranker alone, as the search doesn't ask for it. */
    static boolean hidesVideoId(SearchSourceBuilder source) {
        return source.docValueFields() == null
                || source.docValueFields().stream().noneMatch(asked -> IndexMeta.VIDEO_ID.equals(asked.field));
    }

    /**
     * Refuses what has no meaning under one global order by score.
     *
     * @throws IllegalArgumentException the search orders, groups or goes on by something else
     */
    static void check(RerankRequest rerank, SearchRequest request, SearchSourceBuilder source) {
        rerank.checkLacks(SearchSourceBuilder.SORT_FIELD.getPreferredName(), source.sorts() != null);
        rerank.checkLacks(SearchSourceBuilder.SEARCH_AFTER.getPreferredName(), source.searchAfter() != null);
        rerank.checkLacks(SearchSourceBuilder.COLLAPSE.getPreferredName(), source.collapse() != null);
        rerank.checkLacks("scroll", request.scroll() != null);
        if (FineRankSearch.find(source) != null) {
            throw new IllegalArgumentException("[" + RerankExt.NAME + "] and [fine_rank] rank the same search: use one of them");
        }
    }
}
