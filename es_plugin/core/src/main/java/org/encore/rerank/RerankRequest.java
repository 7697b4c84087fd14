package org.encore.rerank;

import java.util.function.LongSupplier;
import org.encore.rank.SearchIdentity;
import org.encore.rank.Wire;
import org.encore.rescore.FineRankRequest;

/**
 * The checked values of one object that asks for a global rank.
 *
 * @param search   whose search it is
 * @param window   how many of the search's best hits go to the ranker
 * @param minScore least score, on the one scale, of a hit of a ranked search; null for none
 */
public record RerankRequest(FineRankRequest search, int window, Float minScore) {
    public RerankRequest {
        checkWindow(search.owner(), window);
    }

    static void checkWindow(String owner, long window) {
        if (window < 1 || window > Wire.MAX_CANDIDATES) {
            throw new IllegalArgumentException("[" + owner + "] [" + RerankFields.WINDOW + "] [" + window
                    + "] must be between [1] and [" + Wire.MAX_CANDIDATES + "]");
        }
    }

    /**
     * Checks the page against the window.
     *
     * @throws IllegalArgumentException the page would show hits that were not ranked
     */
    public void checkPage(int from, int size) {
        if (window < (long) from + size) {
            throw new IllegalArgumentException("[" + search.owner() + "] [" + RerankFields.WINDOW + "] [" + window
                    + "] is below [from + size] [" + ((long) from + size) + "]: hits beyond the window would not be ranked");
        }
    }

    /**
     * Refuses what has no meaning under one global order by score.
     *
     * @param field its name in the search API
     * @throws IllegalArgumentException the search has it
     */
    public void checkLacks(String field, boolean isThere) {
        if (isThere) {
            throw new IllegalArgumentException(
                    "[" + search.owner() + "] orders the whole search by score: leave [" + field + "] out");
        }
    }

    /** The same request with a fresh id and a time, each where it is missing. */
    public RerankRequest identified(LongSupplier now) {
        if (search.isIdentified()) {
            return this;
        }
        long then = search.now() != null ? search.now() : now.getAsLong();
        return new RerankRequest(search.identified(then), window, minScore);
    }

    /** Who searches, towards the ranker; the request is identified. */
    public SearchIdentity identity(SearchedIndices indices) {
        return new SearchIdentity(
                search.requestId(),
                search.query(),
                search.user(),
                search.context(),
                search.config(),
                search.now(),
                indices.name(),
                indices.generation(),
                0,
                SearchIdentity.Stage.GLOBAL);
    }
}
