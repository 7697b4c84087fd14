package org.encore.elasticsearch.request;

import java.io.IOException;
import java.util.Map;
import org.elasticsearch.common.ParsingException;
import org.elasticsearch.xcontent.XContentLocation;
import org.elasticsearch.xcontent.XContentParseException;
import org.elasticsearch.xcontent.XContentParser;
import org.elasticsearch.xcontent.XContentParser.NumberType;
import org.elasticsearch.xcontent.XContentParser.Token;
import org.encore.request.Place;
import org.encore.request.RequestException;
import org.encore.request.RequestReader;

/** A {@link RequestReader} over the engine's parser. */
public final class XContentReader extends RequestReader {
    private final XContentParser parser;
    private String field;

    private XContentReader(String owner, XContentParser parser) {
        super(owner);
        this.parser = parser;
    }

    /** Makes a value of what a reader reads. */
    @FunctionalInterface
    public interface Parse<T> {
        T from(RequestReader reader) throws IOException;
    }

    /**
     * Parses the object that the parser stands at.
     *
     * @throws ParsingException it is refused
     */
    public static <T> T parse(String owner, XContentParser parser, Parse<T> parse) throws IOException {
        XContentReader reader = new XContentReader(owner, parser);
        try {
            return reader.read(parse);
        } catch (RequestException e) {
            throw new ParsingException(new XContentLocation(e.line(), e.column()), e.getMessage(), e);
        }
    }

    private <T> T read(Parse<T> parse) throws IOException {
        try {
            return parse.from(this);
        } catch (RequestException e) {
            throw e;
        } catch (IOException | XContentParseException e) {
            throw unreadable(field, e);
        }
    }

    @Override
    public boolean nextField() throws IOException {
        if (parser.nextToken() == Token.END_OBJECT) {
            return false;
        }
        field = parser.currentName();
        parser.nextToken();
        return true;
    }

    @Override
    public String name() throws IOException {
        return parser.currentName();
    }

    @Override
    public Kind kind() {
        return switch (parser.currentToken()) {
            case START_OBJECT -> Kind.OBJECT;
            case START_ARRAY -> Kind.ARRAY;
            case VALUE_STRING -> Kind.STRING;
            case VALUE_NUMBER -> Kind.NUMBER;
            case VALUE_BOOLEAN -> Kind.BOOLEAN;
            case VALUE_NULL -> Kind.NULL;
            default -> Kind.OTHER;
        };
    }

    @Override
    public Place place() {
        XContentLocation at = parser.getTokenLocation();
        return new Place(at.lineNumber(), at.columnNumber());
    }

    @Override
    protected String text() throws IOException {
        return parser.text();
    }

    @Override
    protected double doubleValue() throws IOException {
        return parser.doubleValue();
    }

    @Override
    protected boolean isLong() throws IOException {
        return parser.numberType() == NumberType.INT || parser.numberType() == NumberType.LONG;
    }

    @Override
    protected long longValue() throws IOException {
        return parser.longValue();
    }

    @Override
    protected boolean booleanValue() throws IOException {
        return parser.booleanValue();
    }

    @Override
    protected Map<String, Object> map() throws IOException {
        return parser.map();
    }
}
