package org.encore.opensearch.rescore;

import org.opensearch.index.shard.SearchOperationListener;
import org.opensearch.search.internal.SearchContext;

/**
 * Names to each {@link FineRankContext} the search that it belongs to, whose task says whether it is cancelled: the engine asks
 * a rescorer to rescore without saying for whom.
 */
public final class SearchBinding implements SearchOperationListener {
    @Override
    public void onPreQueryPhase(SearchContext search) {
        FineRankContext fineRank = FineRankContext.among(search.rescore());
        if (fineRank != null) {
            fineRank.belongsTo(search::isSearchTimedOut, search.getTask());
        }
    }
}
