package org.encore.elasticsearch.rerank;

import org.elasticsearch.search.builder.SearchSourceBuilder;

/** Refuses what an inner retriever puts into the search that has no meaning under one global order by score. */
final class InnerRetrieverChecks {
    private InnerRetrieverChecks() {}

    /**
     * Checks the search with the inner retriever's parts in it.
     *
     * @throws IllegalArgumentException it orders or groups by something else
     */
    static void check(SearchSourceBuilder source) {
        refuse(source.sorts() != null && !source.sorts().isEmpty(), SearchSourceBuilder.SORT_FIELD.getPreferredName());
        refuse(source.searchAfter() != null, SearchSourceBuilder.SEARCH_AFTER.getPreferredName());
        refuse(source.collapse() != null, SearchSourceBuilder.COLLAPSE.getPreferredName());
    }

    private static void refuse(boolean isThere, String field) {
        if (isThere) {
            throw new IllegalArgumentException("[" + EncoreRetrieverBuilder.NAME + "] orders the whole search by score: leave ["
                    + field + "] out");
        }
    }
}
