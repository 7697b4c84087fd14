package org.encore.rerank;

import java.util.LinkedHashMap;
import java.util.Map;
import org.encore.rescore.CatalogueClock;
import org.encore.rescore.IndexMeta;

/**
 * The indices of one search, which one call ranks: so their videos must be of one generation.
 *
 * <p>An index of another cluster is not known here; of several, the first gives the call its name.
 */
public final class SearchedIndices {
    private final String owner;
    private final Map<String, IndexMeta.Videos> byName = new LinkedHashMap<>();

    /** None yet; messages begin with the name of the object that asks for the rank. */
    public SearchedIndices(String owner) {
        this.owner = owner;
    }

    /**
     * Adds an index.
     *
     * @throws IllegalArgumentException its videos have no ids, or another generation than those before
     */
    public void add(String index, IndexMeta.Videos videos) {
        if (!videos.hasVideoIds()) {
            throw new IllegalArgumentException("[" + owner + "] needs the keyword field [" + IndexMeta.VIDEO_ID
                    + "] with doc values, which index [" + index + "] lacks");
        }
        if (!byName.isEmpty() && !generation().equals(videos.generation())) {
            throw new IllegalArgumentException("[" + owner + "] ranks videos of one generation: indices [" + name() + "] and ["
                    + index + "] have [" + generation() + "] and [" + videos.generation() + "]; search one of them");
        }
        byName.put(index, videos);
    }

    /**
     * The time of the search on the indices' own clock, UTC milliseconds.
     *
     * @throws IllegalArgumentException their clocks disagree
     */
    public long now(CatalogueClock clock) {
        CatalogueClock.Search search = new CatalogueClock.Search(owner);
        byName.forEach((index, videos) -> search.add(index, videos.clockOffsetMillis()));
        return clock.now(search);
    }

    /** The first index's name; empty where none is known. */
    public String name() {
        return byName.isEmpty() ? "" : byName.keySet().iterator().next();
    }

    /** The generation of all; empty where none is known. */
    public String generation() {
        return byName.isEmpty() ? "" : byName.values().iterator().next().generation();
    }
}
