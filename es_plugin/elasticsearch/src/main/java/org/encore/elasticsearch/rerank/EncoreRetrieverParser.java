package org.encore.elasticsearch.rerank;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.elasticsearch.index.query.AbstractQueryBuilder;
import org.elasticsearch.index.query.QueryBuilder;
import org.elasticsearch.search.retriever.RetrieverBuilder;
import org.elasticsearch.search.retriever.RetrieverParserContext;
import org.elasticsearch.xcontent.XContentParser;
import org.elasticsearch.xcontent.XContentParser.Token;
import org.encore.elasticsearch.request.XContentReader;
import org.encore.elasticsearch.rescore.FineRankService;
import org.encore.request.RequestReader;
import org.encore.rerank.RerankFields;

/** Reads what only the engine can of the object after {@code "encore":}, retrievers and queries; core reads the rest. */
final class EncoreRetrieverParser implements RerankFields.More {
    private final XContentParser parser;
    private final RetrieverParserContext context;
    private RetrieverBuilder inner;
    private List<QueryBuilder> filters = List.of();
    private String name;

    private EncoreRetrieverParser(XContentParser parser, RetrieverParserContext context) {
        this.parser = parser;
        this.context = context;
    }

    static EncoreRetrieverBuilder parse(
            XContentParser parser, RetrieverParserContext context, Supplier<FineRankService> service) throws IOException {
        if (parser.currentToken() == Token.FIELD_NAME) {
            parser.nextToken(); // As some of the engine's retrievers call those within them.
        }
        EncoreRetrieverParser more = new EncoreRetrieverParser(parser, context);
        return XContentReader.parse(EncoreRetrieverBuilder.NAME, parser, reader -> {
            RerankFields fields = RerankFields.read(EncoreRetrieverBuilder.NAME, reader, more);
            if (more.inner == null) {
                throw reader.refused("needs [" + EncoreRetrieverBuilder.RETRIEVER + "]: the retriever whose hits are ranked");
            }
            try {
                return new EncoreRetrieverBuilder(more.inner, fields.request(), service, null)
                        .common(more.filters, more.name);
            } catch (IllegalArgumentException e) {
                throw reader.refused(reader.place(), e);
            }
        });
    }

    @Override
    public String names() {
        return "retriever, filter, _name, ";
    }

    @Override
    public boolean take(RequestReader reader) throws IOException {
        switch (reader.name()) {
            case EncoreRetrieverBuilder.RETRIEVER -> inner = Inner.parse(reader, parser, context);
            case "filter" -> filters = filters(reader);
            case "_name" -> name = reader.string();
            default -> {
                return false;
            }
        }
        return true;
    }

    private List<QueryBuilder> filters(RequestReader reader) throws IOException {
        List<QueryBuilder> read = new ArrayList<>();
        switch (reader.kind()) {
            case OBJECT -> read.add(query());
            case ARRAY -> {
                while (parser.nextToken() != Token.END_ARRAY) {
                    read.add(query());
                }
            }
            default -> throw reader.refused("[filter] must be a query or a list of queries, got [" + reader.shown() + "]");
        }
        return read;
    }

    private QueryBuilder query() throws IOException {
        return AbstractQueryBuilder.parseTopLevelQuery(parser, context::trackQueryUsage);
    }

    /** The engine's parser of retrievers is for retrievers alone. */
    private abstract static class Inner extends RetrieverBuilder {
        static RetrieverBuilder parse(RequestReader reader, XContentParser parser, RetrieverParserContext context)
                throws IOException {
            if (reader.kind() != RequestReader.Kind.OBJECT) {
                throw reader.refused("[" + EncoreRetrieverBuilder.RETRIEVER + "] must be an object, got [" + reader.shown() + "]");
            }
            return parseInnerRetrieverBuilder(parser, context);
        }
    }
}
