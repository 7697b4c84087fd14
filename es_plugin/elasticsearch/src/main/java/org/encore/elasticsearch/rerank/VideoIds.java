package org.encore.elasticsearch.rerank;

import java.util.List;
import java.util.Map;
import org.elasticsearch.common.document.DocumentField;
import org.elasticsearch.index.query.ParsedQuery;
import org.elasticsearch.search.SearchHit;
import org.elasticsearch.search.SearchHits;
import org.elasticsearch.search.fetch.subphase.FetchDocValuesContext;
import org.elasticsearch.search.fetch.subphase.FieldAndFormat;
import org.elasticsearch.search.internal.SearchContext;
import org.elasticsearch.search.rank.RankShardResult;
import org.elasticsearch.search.rank.context.RankFeaturePhaseRankShardContext;
import org.elasticsearch.search.rank.feature.RankFeatureDoc;
import org.elasticsearch.search.rank.feature.RankFeatureShardResult;
import org.encore.rescore.IndexMeta;

/**
 * Reads the video ids of a shard's hits in the window, from doc values, and nothing else of them.
 *
 * <p>The engine would read the field from {@code _source}, and do for the whole window what the search asks for its
 * page: explain, highlight, tell the queries that matched.
 */
final class VideoIds extends RankFeaturePhaseRankShardContext {
    VideoIds() {
        super(IndexMeta.VIDEO_ID);
    }

    @Override
    public void prepareForFetch(SearchContext context) {
        context.fetchFieldsContext(null);
        context.docValuesContext(new FetchDocValuesContext(
                context.getSearchExecutionContext(), List.of(new FieldAndFormat(getField(), null))));
        context.parsedQuery(new ParsedQuery(context.query(), Map.of()));
        context.highlight(null);
        context.explain(false);
        context.version(false);
        context.seqNoAndPrimaryTerm(false);
    }

    @Override
    public RankShardResult buildRankFeatureShardResult(SearchHits hits, int shardIndex) {
        RankFeatureDoc[] docs = new RankFeatureDoc[hits.getHits().length];
        for (int i = 0; i < docs.length; i++) {
            SearchHit hit = hits.getHits()[i];
            DocumentField id = hit.field(getField());
            docs[i] = new RankFeatureDoc(hit.docId(), hit.getScore(), shardIndex);
            // Without an id an empty list: the engine drops a document that has none.
            docs[i].featureData(id == null || id.getValues().isEmpty() ? List.of() : List.of(id.getValue().toString()));
        }
        return new RankFeatureShardResult(docs);
    }
}
