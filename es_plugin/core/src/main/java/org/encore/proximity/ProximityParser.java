package org.encore.proximity;

import java.io.IOException;
import org.encore.request.Place;
import org.encore.request.RequestReader;
import org.encore.request.RequestReader.Kind;

/** Reads the object after {@code "proximity":}; what it does not know it refuses, naming place and value. */
public final class ProximityParser {
    static final String QUERY = "query";
    static final String ANALYZER = "analyzer";
    static final String WINDOW_WEIGHT = "window_weight";
    static final String ORDER_WEIGHT = "order_weight";
    static final String HALF_GAP = "half_gap";
    private static final String BOOST = "boost";
    private static final String QUERY_NAME = "_name";

    private final RequestReader reader;
    private String field;
    private String text;
    private String analyzer;
    private String queryName;
    private float boost = 1;
    private float windowWeight = ProximityFormula.DEFAULT_WINDOW_WEIGHT;
    private float orderWeight = ProximityFormula.DEFAULT_ORDER_WEIGHT;
    private float halfGap = ProximityFormula.DEFAULT_HALF_GAP;

    private ProximityParser(RequestReader reader) {
        this.reader = reader;
    }

    /**
     * A query with what every query of the search API has.
     *
     * @param boost at least 0
     * @param name  for {@code matched_queries}, or null
     */
    public record Parsed(ProximityRequest request, float boost, String name) {}

    /**
     * Reads up to the end of the reader's object: {@code {FIELD: TEXT}} or {@code {FIELD: {…}}}.
     *
     * @throws org.encore.request.RequestException it is no {@code proximity}
     */
    public static Parsed parse(RequestReader reader) throws IOException {
        return new ProximityParser(reader).read();
    }

    private Parsed read() throws IOException {
        Place start = reader.place();
        while (reader.nextField()) {
            String name = reader.name();
            if (field != null) {
                throw reader.refused("query doesn't support multiple fields, found [" + field + "] and [" + name + "]");
            }
            field = name;
            if (field.isEmpty()) {
                throw reader.refused("needs a field, got []");
            }
            if (reader.kind() == Kind.OBJECT) {
                readOptions();
            } else if (reader.kind() == Kind.STRING) {
                text = reader.string();
            } else {
                throw reader.refused("[" + QUERY + "] must be a string, got [" + reader.shown() + "]");
            }
        }
        if (field == null) {
            throw reader.refused(start, "needs a field, found none in [{}]");
        }
        if (text == null) {
            throw reader.refused(start, "on field [" + field + "] needs [" + QUERY + "]");
        }
        try {
            ProximityFormula formula = new ProximityFormula(windowWeight, orderWeight, halfGap);
            return new Parsed(new ProximityRequest(field, text, analyzer, formula), boost, queryName);
        } catch (IllegalArgumentException outOfRange) {
            throw reader.refused(start, outOfRange.getMessage());
        }
    }

    private void readOptions() throws IOException {
        while (reader.nextField()) {
            switch (reader.name()) {
                case QUERY -> text = reader.string();
                case ANALYZER -> analyzer = reader.string();
                case WINDOW_WEIGHT -> windowWeight = reader.number();
                case ORDER_WEIGHT -> orderWeight = reader.number();
                case HALF_GAP -> halfGap = reader.number();
                case BOOST -> boost = boost();
                case QUERY_NAME -> queryName = reader.string();
                default -> throw reader.refused("query does not support [" + reader.name() + "]");
            }
        }
    }

    private float boost() throws IOException {
        float value = reader.number();
        if (value < 0) {
            throw reader.refused("[" + BOOST + "] must be at least 0, got [" + reader.shown() + "]");
        }
        return value;
    }
}
