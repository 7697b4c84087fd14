package org.encore.opensearch.rescore;

import java.util.List;
import org.encore.rescore.FineRankChecks;
import org.opensearch.search.SearchService;
import org.opensearch.search.builder.SearchSourceBuilder;
import org.opensearch.search.rescore.RescorerBuilder;
import org.opensearch.search.sort.ScoreSortBuilder;
import org.opensearch.search.sort.SortBuilder;
import org.opensearch.search.sort.SortOrder;

/**
 * Where does a search ask for {@code fine_rank}, and what for beside it?
 *
 * <p>The engine itself refuses {@code rescore} in a scroll.
 */
public final class FineRankSearch {
    private FineRankSearch() {}

    /** The search's fine ranking, or null where it has none. */
    public static FineRankRescorerBuilder find(SearchSourceBuilder source) {
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

    /**
     * Refuses {@code collapse}: the engine has no rescoring of groups, and says so from its shards only, as a fault of the server.
     *
     * @throws IllegalArgumentException it stands there
     */
    static void checkCollapse(SearchSourceBuilder source) {
        if (source.collapse() != null) {
            throw new IllegalArgumentException("[fine_rank] cannot stand beside [collapse] of field ["
                    + source.collapse().getField() + "], as OpenSearch rescores no groups: leave one of them out");
        }
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

    /** Best score first; the engine allows no tie-breaker beside a rescorer. */
    private static boolean isByScore(List<SortBuilder<?>> sorts) {
        return sorts.isEmpty()
                || sorts.size() == 1 && sorts.get(0) instanceof ScoreSortBuilder score && score.order() == SortOrder.DESC;
    }

    @SuppressWarnings({"rawtypes", "unchecked"}) // The engine's list is raw.
    private static List<RescorerBuilder<?>> rescorers(SearchSourceBuilder source) {
        return (List) source.rescores();
    }
}
