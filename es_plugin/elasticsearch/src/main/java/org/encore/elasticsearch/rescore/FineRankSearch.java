package org.encore.elasticsearch.rescore;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.elasticsearch.common.Strings;
import org.elasticsearch.common.xcontent.XContentHelper;
import org.elasticsearch.search.SearchService;
import org.elasticsearch.search.builder.SearchSourceBuilder;
import org.elasticsearch.search.rescore.RescorerBuilder;
import org.elasticsearch.search.retriever.CompoundRetrieverBuilder;
import org.elasticsearch.search.retriever.RescorerRetrieverBuilder;
import org.elasticsearch.search.retriever.RetrieverBuilder;
import org.elasticsearch.search.sort.FieldSortBuilder;
import org.elasticsearch.search.sort.ScoreSortBuilder;
import org.elasticsearch.search.sort.ShardDocSortField;
import org.elasticsearch.search.sort.SortBuilder;
import org.elasticsearch.search.sort.SortOrder;
import org.elasticsearch.xcontent.ToXContent;
import org.elasticsearch.xcontent.XContentBuilder;
import org.elasticsearch.xcontent.json.JsonXContent;
import org.encore.rescore.FineRankChecks;

/**
 * Where does a search ask for {@code fine_rank}, and what for beside it?
 *
 * <p>The engine itself refuses {@code rescore} in a scroll and together with {@code rank}. Collapsing is allowed: each
 * shard chooses its group heads by coarse score, and the heads are ranked.
 */
public final class FineRankSearch {
    private FineRankSearch() {}

    /** The search's fine ranking, or null where it has none. */
    static FineRankRescorerBuilder find(SearchSourceBuilder source) {
        if (source == null || source.rescores() == null) {
            return null;
        }
        for (RescorerBuilder<?> rescorer : rescorers(source)) {
            if (rescorer instanceof FineRankRescorerBuilder fineRank) {
                return fineRank;
            }
        }
        return null;
    }

    /** What the search asks for beside its fine ranking. */
    static FineRankChecks checks(SearchSourceBuilder source, FineRankRescorerBuilder fineRank) {
        return new FineRankChecks(
                rescorers(source).size(),
                fineRank.windowSize() == null ? RescorerBuilder.DEFAULT_WINDOW_SIZE : fineRank.windowSize(),
                source.from() == -1 ? SearchService.DEFAULT_FROM : source.from(),
                source.size() == -1 ? SearchService.DEFAULT_SIZE : source.size(),
                source.sorts() == null || isByScore(source.sorts()),
                source.searchAfter() != null && source.searchAfter().length > 0);
    }

    /** Best score first; the engine allows the document's place as the tie-breaker behind it. */
    private static boolean isByScore(List<SortBuilder<?>> sorts) {
        if (sorts.isEmpty()) {
            return true;
        }
        boolean scoreFirst = sorts.get(0) instanceof ScoreSortBuilder score && score.order() == SortOrder.DESC;
        boolean tieBreakerOnly = sorts.size() == 1
                || sorts.size() == 2
                        && sorts.get(1) instanceof FieldSortBuilder field
                        && ShardDocSortField.NAME.equals(field.getFieldName())
                        && field.order() == SortOrder.ASC;
        return scoreFirst && tieBreakerOnly;
    }

    /**
     * Refuses {@code fine_rank} inside a {@code rescorer} retriever. The engine runs that one as a search of its own, of which
     * only scores come out: no hit could say how it was ranked, nor the answer that the ranker failed.
     *
     * @throws IllegalArgumentException it stands there, at any depth
     */
    public static void checkRetriever(RetrieverBuilder retriever) {
        if (retriever != null && ranksWithin(retriever)) {
            throw new IllegalArgumentException("[fine_rank] cannot stand in a [rescorer] retriever, whose hits could not tell how"
                    + " they were ranked: use [query], and [knn] where wanted, with [fine_rank] in the search's own [rescore]");
        }
    }

    private static boolean ranksWithin(RetrieverBuilder retriever) {
        if (!(retriever instanceof CompoundRetrieverBuilder<?> compound)) {
            return false;
        }
        if (compound instanceof RescorerRetrieverBuilder rescorer && isFineRank(rescorer)) {
            return true;
        }
        return compound.innerRetrievers().stream().anyMatch(inner -> ranksWithin(inner.retriever()));
    }

    /** The retriever shows its rescorers only in writing. */
    private static boolean isFineRank(RescorerRetrieverBuilder retriever) {
        try (XContentBuilder written = JsonXContent.contentBuilder()) {
            written.startObject();
            retriever.doToXContent(written, ToXContent.EMPTY_PARAMS);
            written.endObject();
            Object rescore = XContentHelper.convertToMap(JsonXContent.jsonXContent, Strings.toString(written), false)
                    .get(SearchSourceBuilder.RESCORE_FIELD.getPreferredName());
            List<?> rescorers = rescore instanceof List<?> several ? several : Collections.singletonList(rescore);
            return rescorers.stream()
                    .anyMatch(one -> one instanceof Map<?, ?> map && map.containsKey(FineRankRescorerBuilder.NAME));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // Written to memory.
        }
    }

    @SuppressWarnings({"rawtypes", "unchecked"}) // The engine's list is raw.
    private static List<RescorerBuilder<?>> rescorers(SearchSourceBuilder source) {
        return (List) source.rescores();
    }
}
