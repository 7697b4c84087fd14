package org.encore.proximity;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.Query;

/**
 * The checked values of one {@code proximity} query of the search API.
 *
 * @param field    whose positions are read
 * @param text     to be analysed
 * @param analyzer name of an analyzer of the index, or null for the field's search analyzer
 * @param formula  the constants of the score
 */
public record ProximityRequest(String field, String text, String analyzer, ProximityFormula formula) {
    /** The query's name in requests and on the wire. */
    public static final String NAME = "proximity";

    /**
     * The most terms of a query's text. The longest of the 80,065 video queries of Multi-CPR has 19; this leaves room for
     * a pasted verse, and bounds what a document costs: its positions times the terms that it holds.
     */
    public static final int MAXIMUM_TERMS = 256;

    public ProximityRequest {
        require("a field", field);
        require("[query]", text);
        Objects.requireNonNull(formula);
    }

    private static void require(String what, String value) {
        if (value == null) {
            throw new IllegalArgumentException("[" + NAME + "] needs " + what);
        }
    }

    /** The options of {@link #field}, under the names of the search API. */
    public Map<String, Object> options() {
        Map<String, Object> options = new LinkedHashMap<>();
        options.put(ProximityParser.QUERY, text);
        if (analyzer != null) {
            options.put(ProximityParser.ANALYZER, analyzer);
        }
        options.put(ProximityParser.WINDOW_WEIGHT, formula.windowWeight());
        options.put(ProximityParser.ORDER_WEIGHT, formula.orderWeight());
        options.put(ProximityParser.HALF_GAP, formula.halfGap());
        return options;
    }

    /** Of an unmapped field. */
    public Query nothing() {
        return new MatchNoDocsQuery("unmapped field [" + field + "]");
    }

    /**
     * The query on an index's field.
     *
     * @param indexField the field's name in the index, which an alias doesn't share
     * @throws SlotReader.TooManyTermsException the text has too many terms
     */
    public Query toQuery(String indexField, Analyzer analysing) throws IOException {
        List<Slot> slots = SlotReader.read(analysing, indexField, text, MAXIMUM_TERMS);
        return slots.isEmpty()
                ? new MatchNoDocsQuery("no terms in the text of [" + NAME + "]")
                : new ProximityQuery(indexField, slots, formula);
    }

    /** What is wrong with a field of that type that has no positions. */
    public String withoutPositions(String type) {
        return "[" + NAME + "] reads positions, and field [" + field + "] of type [" + type
                + "] is indexed without them: name a text field";
    }

    /** What is wrong with a text of too many terms. */
    public String withTooManyTerms() {
        return "[" + NAME + "] on field [" + field + "] takes at most [" + MAXIMUM_TERMS + "] terms: shorten its text";
    }

    /** What is wrong with an index that lacks {@link #analyzer}. */
    public String withoutAnalyzer() {
        return "[" + NAME + "] analyzer [" + analyzer + "] not found";
    }
}
