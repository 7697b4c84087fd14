package org.encore.elasticsearch.rerank;

import java.util.List;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopDocs;
import org.elasticsearch.action.search.SearchPhaseController.TopDocsStats;
import org.elasticsearch.search.query.QuerySearchResult;
import org.elasticsearch.search.rank.context.QueryPhaseRankCoordinatorContext;

/**
 * Takes the best hits of all shards, as the engine itself would order them: by score, then shard, then document.
 *
 * <p>Where a data node reduces its own shards it is asked for nothing, but has to be there: so their hits come one by one.
 */
final class WindowMerge extends QueryPhaseRankCoordinatorContext {
    private volatile ScoreDoc[] window = {};

    WindowMerge(int window) {
        super(window);
    }

    @Override
    public ScoreDoc[] rankQueryPhaseResults(List<QuerySearchResult> results, TopDocsStats stats) {
        TopDocs[] ofShards = new TopDocs[results.size()];
        for (int i = 0; i < ofShards.length; i++) {
            QuerySearchResult result = results.get(i);
            ofShards[i] = result.topDocs().topDocs;
            for (ScoreDoc hit : ofShards[i].scoreDocs) {
                hit.shardIndex = result.getShardIndex();
            }
        }
        window = TopDocs.merge(rankWindowSize, ofShards).scoreDocs;
        return window;
    }

    /** The window's hits, best coarse score first. */
    ScoreDoc[] window() {
        return window;
    }
}
