package org.encore.rescore;

import org.encore.rank.Wire;

/**
 * What a search with {@code fine_rank} may ask for beside it, checked before any shard works. The values are those in force: the
 * engine's defaults where the request says nothing.
 *
 * @param rescorers   how many rescorers the search has
 * @param window      the rescorer's window
 * @param from        the first hit of the page
 * @param size        the hits of the page
 * @param byScore     whether the best score comes first; the document's place may break ties
 * @param searchAfter whether it goes on after a hit
 */
public record FineRankChecks(int rescorers, int window, int from, int size, boolean byScore, boolean searchAfter) {
    /**
     * Checks the search around its fine ranking.
     *
     * @throws IllegalArgumentException it asks for something that has no meaning on the one score scale
     */
    public void check() {
        if (rescorers > 1) {
            throw new IllegalArgumentException("[fine_rank] must be the only rescorer of a search, not one of ["
                    + rescorers + "]: its scores have a scale of their own");
        }
        checkWindow();
        if (!byScore) {
            throw new IllegalArgumentException("[fine_rank] orders by score: leave [sort] out or sort by [_score] first");
        }
        if (searchAfter) {
            throw new IllegalArgumentException(
                    "[fine_rank] cannot go on after a score: page with [from] and the request's [request_id] instead of [search_after]");
        }
    }

    private void checkWindow() {
        if (window < 1 || window > Wire.MAX_CANDIDATES) {
            throw new IllegalArgumentException("[window_size] [" + window + "] of [fine_rank] must be between [1] and ["
                    + Wire.MAX_CANDIDATES + "]");
        }
        if (window < (long) from + size) {
            throw new IllegalArgumentException("[window_size] [" + window + "] of [fine_rank] is below [from + size] ["
                    + ((long) from + size) + "]: hits beyond the window would not be finely ranked");
        }
    }
}
