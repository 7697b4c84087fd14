package org.encore.plan;

import java.util.List;

/** One clause of a recall, in terms of no engine. Each has the name under which a hit's matched queries tell it. */
public sealed interface RecallClause {
    /** The name in {@code matched_queries}. */
    String name();

    /**
     * Finds by words: BM25 summed over the text's terms, each by its best field, any term sufficing.
     *
     * @param near adds to what it finds
     */
    record Text(String name, String text, List<String> fields, Proximity near) implements RecallClause {}

    /** Adds for words that stand near each other and in order; finds nothing by itself. */
    record Proximity(String name, String field, String text, float boost) implements RecallClause {}

    /** Finds entities of one kind: the best reading of each place in the text, places added up. */
    record Entities(String name, List<Place> places) implements RecallClause {}

    /** Readings of the same words, of which the best counts. */
    record Place(List<Reading> readings) {}

    /** An entity's names, looked for as phrases in each of the fields: any finds it, and it counts {@code boost}. */
    record Reading(List<String> names, List<String> fields, float boost) {}

    /**
     * Finds the nearest vectors among those that pass the recall's filters.
     *
     * @param neighbours how many on each shard
     * @param candidates how many are looked at in each segment
     */
    record Vector(String name, String field, float[] vector, int neighbours, int candidates, float boost)
            implements RecallClause {}

    /** Multiplies what is found by 1 + weight · the field's value. */
    record Popularity(String name, String field, float weight) implements RecallClause {}

    /** Lets only videos through that have one of the values in the field. */
    record Filter(String name, String field, List<String> values) implements RecallClause {}
}
