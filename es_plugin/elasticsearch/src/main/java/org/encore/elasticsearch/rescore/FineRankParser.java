package org.encore.elasticsearch.rescore;

import java.io.IOException;
import java.util.Map;
import java.util.function.Supplier;
import org.elasticsearch.common.ParsingException;
import org.elasticsearch.xcontent.XContentParser;
import org.elasticsearch.xcontent.XContentParser.Token;
import org.encore.json.JsonException;
import org.encore.json.JsonReader;
import org.encore.json.JsonWriter;

/** Reads the object after {@code "fine_rank":}, and refuses what it does not know. */
final class FineRankParser {
    static final String QUERY = "query";
    static final String USER = "user";
    static final String CONTEXT = "context";
    static final String CONFIG = "config";
    static final String REQUEST_ID = "request_id";
    static final String NOW = "now";

    private final XContentParser parser;
    private String query;
    private String user;
    private Map<String, Object> context = Map.of();
    private String config;
    private String requestId;
    private Long now;

    private FineRankParser(XContentParser parser) {
        this.parser = parser;
    }

    /** The rescorer that the parser's current object describes. */
    static FineRankRescorerBuilder parse(XContentParser parser, Supplier<FineRankService> service) throws IOException {
        FineRankParser fields = new FineRankParser(parser);
        fields.read();
        try {
            FineRankRequest request = new FineRankRequest(
                    fields.query, fields.user, fields.context, fields.config, fields.requestId, fields.now);
            return new FineRankRescorerBuilder(request, FineRankRescorerBuilder.Execution.UNSET, service);
        } catch (IllegalArgumentException e) {
            throw new ParsingException(parser.getTokenLocation(), e.getMessage(), e);
        }
    }

    private void read() throws IOException {
        while (parser.nextToken() != Token.END_OBJECT) {
            String name = parser.currentName();
            Token value = parser.nextToken();
            switch (name) {
                case QUERY -> query = string(name, value);
                case USER -> user = string(name, value);
                case CONFIG -> config = string(name, value);
                case REQUEST_ID -> requestId = string(name, value);
                case NOW -> now = integer(name, value);
                case CONTEXT -> context = object(name, value);
                default -> throw wrong("[fine_rank] does not know [" + name
                        + "]: it takes [query, user, context, config, request_id, now]");
            }
        }
    }

    private String string(String name, Token value) throws IOException {
        if (value != Token.VALUE_STRING) {
            throw wrong("[fine_rank] [" + name + "] must be a string, not [" + shown(value) + "]");
        }
        return parser.text();
    }

    private Long integer(String name, Token value) throws IOException {
        boolean whole = value == Token.VALUE_NUMBER
                && (parser.numberType() == XContentParser.NumberType.INT
                        || parser.numberType() == XContentParser.NumberType.LONG);
        if (!whole) {
            throw wrong("[fine_rank] [" + name + "] must be an integer, not [" + shown(value) + "]");
        }
        return parser.longValue();
    }

    @SuppressWarnings("unchecked") // An object was written, so one is read.
    private Map<String, Object> object(String name, Token value) throws IOException {
        if (value != Token.START_OBJECT) {
            throw wrong("[fine_rank] [" + name + "] must be an object, not [" + shown(value) + "]");
        }
        try {
            // Through JSON once, so that equal values have equal types whatever the request's format was.
            return (Map<String, Object>) JsonReader.parse(JsonWriter.write(parser.map()));
        } catch (JsonException e) {
            throw wrong("[fine_rank] [" + name + "]: " + e.getMessage());
        }
    }

    private String shown(Token value) throws IOException {
        if (value == Token.VALUE_NULL) {
            return "null";
        }
        return value.isValue() ? parser.text() : value.name();
    }

    private ParsingException wrong(String message) {
        return new ParsingException(parser.getTokenLocation(), message);
    }
}
