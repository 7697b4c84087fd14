package org.encore.elasticsearch.query;

import java.io.IOException;
import java.util.Locale;
import org.elasticsearch.common.ParsingException;
import org.elasticsearch.index.query.AbstractQueryBuilder;
import org.elasticsearch.xcontent.XContentLocation;
import org.elasticsearch.xcontent.XContentParser;
import org.elasticsearch.xcontent.XContentParser.Token;
import org.encore.proximity.ProximityFormula;

/** Reads a {@link ProximityQueryBuilder}; what it does not know it refuses, naming place and value. */
final class ProximityQueryParser {
    static final String QUERY = "query";
    static final String ANALYZER = "analyzer";
    static final String WINDOW_WEIGHT = "window_weight";
    static final String ORDER_WEIGHT = "order_weight";
    static final String HALF_GAP = "half_gap";

    private static final String BOOST = AbstractQueryBuilder.BOOST_FIELD.getPreferredName();
    private static final String QUERY_NAME = AbstractQueryBuilder.NAME_FIELD.getPreferredName();

    private final XContentParser parser;
    private String field;
    private String text;
    private String analyzer;
    private String queryName;
    private float boost = AbstractQueryBuilder.DEFAULT_BOOST;
    private float windowWeight = ProximityFormula.DEFAULT_WINDOW_WEIGHT;
    private float orderWeight = ProximityFormula.DEFAULT_ORDER_WEIGHT;
    private float halfGap = ProximityFormula.DEFAULT_HALF_GAP;

    ProximityQueryParser(XContentParser parser) {
        this.parser = parser;
    }

    /** Reads up to the end of the object that the parser stands in: {@code {FIELD: TEXT}} or {@code {FIELD: {…}}}. */
    ProximityQueryBuilder parse() throws IOException {
        XContentLocation start = parser.getTokenLocation();
        while (parser.nextToken() != Token.END_OBJECT) {
            String name = parser.currentName();
            if (field != null) {
                throw refused("query doesn't support multiple fields, found [" + field + "] and [" + name + "]");
            }
            field = name;
            if (field.isEmpty()) {
                throw refused("needs a field, got []");
            }
            if (parser.nextToken() == Token.START_OBJECT) {
                parseOptions();
            } else {
                text = string(QUERY);
            }
        }
        if (field == null) {
            throw new ParsingException(start, "[" + ProximityQueryBuilder.NAME + "] needs a field, found none in [{}]");
        }
        if (text == null) {
            throw new ParsingException(
                    start, "[" + ProximityQueryBuilder.NAME + "] on field [" + field + "] needs [" + QUERY + "]");
        }
        return build(start);
    }

    private void parseOptions() throws IOException {
        while (parser.nextToken() != Token.END_OBJECT) {
            String option = parser.currentName();
            parser.nextToken();
            if (option.equals(QUERY)) {
                text = string(option);
            } else if (option.equals(ANALYZER)) {
                analyzer = string(option);
            } else if (option.equals(WINDOW_WEIGHT)) {
                windowWeight = number(option);
            } else if (option.equals(ORDER_WEIGHT)) {
                orderWeight = number(option);
            } else if (option.equals(HALF_GAP)) {
                halfGap = number(option);
            } else if (option.equals(BOOST)) {
                boost = boost(number(option));
            } else if (option.equals(QUERY_NAME)) {
                queryName = string(option);
            } else {
                throw refused("query does not support [" + option + "]");
            }
        }
    }

    private ProximityQueryBuilder build(XContentLocation start) {
        try {
            ProximityFormula formula = new ProximityFormula(windowWeight, orderWeight, halfGap);
            return new ProximityQueryBuilder(field, text, analyzer, formula).boost(boost).queryName(queryName);
        } catch (IllegalArgumentException outOfRange) {
            throw new ParsingException(
                    start, "[" + ProximityQueryBuilder.NAME + "] " + outOfRange.getMessage(), outOfRange);
        }
    }

    private String string(String option) throws IOException {
        if (parser.currentToken() != Token.VALUE_STRING) {
            throw refused("[" + option + "] must be a string, got [" + shown() + "]");
        }
        return parser.text();
    }

    private float number(String option) throws IOException {
        if (parser.currentToken() != Token.VALUE_NUMBER) {
            throw refused("[" + option + "] must be a number, got [" + shown() + "]");
        }
        double value = parser.doubleValue();
        if (!Float.isFinite((float) value)) {
            throw refused("[" + option + "] must be a finite number, got [" + parser.text() + "]");
        }
        return (float) value;
    }

    private float boost(float value) throws IOException {
        if (value < 0) {
            throw refused("[" + BOOST + "] must be at least 0, got [" + parser.text() + "]");
        }
        return value;
    }

    /** The token as a person would find it in the request: a value by its text, a structure by its kind. */
    private String shown() throws IOException {
        Token token = parser.currentToken();
        return switch (token) {
            case VALUE_STRING, VALUE_NUMBER, VALUE_BOOLEAN -> parser.text();
            case VALUE_NULL -> "null";
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            default -> token.name().toLowerCase(Locale.ROOT);
        };
    }

    private ParsingException refused(String reason) {
        return new ParsingException(parser.getTokenLocation(), "[" + ProximityQueryBuilder.NAME + "] " + reason);
    }
}
