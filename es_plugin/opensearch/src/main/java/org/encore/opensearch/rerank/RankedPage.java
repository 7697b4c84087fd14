package org.encore.opensearch.rerank;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.encore.rerank.GlobalOrder;
import org.encore.rerank.GlobalSearch;
import org.encore.rerank.GlobalWindow;
import org.encore.rescore.HitMark;
import org.encore.rescore.IndexMeta;
import org.opensearch.action.search.SearchResponse;
import org.opensearch.common.document.DocumentField;
import org.opensearch.search.SearchHit;
import org.opensearch.search.SearchHits;
import org.opensearch.search.aggregations.InternalAggregations;
import org.opensearch.search.internal.InternalSearchResponse;
import org.opensearch.search.profile.ProfileShardResult;
import org.opensearch.search.profile.SearchProfileShardResults;

/**
 * The page that a search asked for before it was widened to its window.
 *
 * @param search   the execution
 * @param from     first hit, from 0
 * @param size     number of hits
 * @param minScore least score, on the one scale, of a hit of a ranked search; null for none
 * @param hidesId  whether the window's hits carry their video ids for the ranker alone
 */
record RankedPage(GlobalSearch search, int from, int size, Float minScore, boolean hidesId) {
    /** The answer's hits as they go to the ranker. */
    static GlobalWindow window(SearchHit[] hits) {
        GlobalWindow window = new GlobalWindow(hits.length);
        for (SearchHit hit : hits) {
            DocumentField id = hit.field(IndexMeta.VIDEO_ID);
            window.add(id == null || id.getValues().isEmpty() ? null : id.getValue().toString(), hit.getScore());
        }
        return window;
    }

    /** The page, cut out of the window's answer in that order. */
    SearchResponse of(SearchResponse response, GlobalOrder order) {
        SearchHit[] window = response.getHits().getHits();
        int found = minScore == null || !order.isRanked() ? order.count() : order.atLeast(minScore);
        SearchHit[] page = new SearchHit[Math.clamp(found - from, 0, size)];
        for (int i = 0; i < page.length; i++) {
            int place = order.place(from + i);
            page[i] = marked(window[place], place, order);
        }
        SearchHits hits = new SearchHits(
                page,
                response.getHits().getTotalHits(),
                order.count() == 0 ? Float.NaN : order.score(order.place(0)));
        return with(hits, response);
    }

    private SearchHit marked(SearchHit hit, int place, GlobalOrder order) {
        if (hidesId) {
            hit.removeDocumentField(IndexMeta.VIDEO_ID);
        }
        hit.score(order.score(place));
        hit.setDocumentField(HitMark.FIELD, new DocumentField(HitMark.FIELD, List.of(order.mark(place))));
        if (hit.getExplanation() != null) {
            hit.explanation(order.explain(place, hit.getExplanation()));
        }
        return hit;
    }

    private static SearchResponse with(SearchHits hits, SearchResponse response) {
        Map<String, ProfileShardResult> profile = response.getProfileResults();
        InternalSearchResponse parts = new InternalSearchResponse(
                hits,
                (InternalAggregations) response.getAggregations(),
                response.getSuggest(),
                profile.isEmpty() ? null : new SearchProfileShardResults(profile),
                response.isTimedOut(),
                response.isTerminatedEarly(),
                response.getNumReducePhases(),
                response.getInternalResponse().getSearchExtBuilders(),
                response.getInternalResponse().getProcessorResult());
        return new SearchResponse(
                parts,
                response.getScrollId(),
                response.getTotalShards(),
                response.getSuccessfulShards(),
                response.getSkippedShards(),
                response.getTook().millis(),
                response.getPhaseTook(),
                response.getShardFailures(),
                response.getClusters(),
                response.pointInTimeId());
    }
}
