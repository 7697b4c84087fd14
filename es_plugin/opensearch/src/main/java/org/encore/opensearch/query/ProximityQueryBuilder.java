package org.encore.opensearch.query;

import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.search.Query;
import org.encore.opensearch.request.XContentReader;
import org.encore.proximity.ProximityFormula;
import org.encore.proximity.ProximityParser;
import org.encore.proximity.ProximityRequest;
import org.encore.proximity.SlotReader;
import org.opensearch.core.common.io.stream.StreamInput;
import org.opensearch.core.common.io.stream.StreamOutput;
import org.opensearch.core.xcontent.XContentBuilder;
import org.opensearch.core.xcontent.XContentParser;
import org.opensearch.index.mapper.MappedFieldType;
import org.opensearch.index.query.AbstractQueryBuilder;
import org.opensearch.index.query.QueryShardContext;
import org.opensearch.index.query.QueryShardException;

/**
 * The query {@code proximity} of the search API: text to analyze, a field with positions, and the constants of
 * {@link ProximityFormula}.
 *
 * <pre>
 * {"proximity": {"title.cut": {"query": "周杰伦 晴天", "window_weight": 0.7, "order_weight": 0.2, "half_gap": 4}}}
 * </pre>
 *
 * <p>An unmapped field and a text without terms match nothing. A field without positions, an unknown
 * analyzer and a text of too many terms are refused with status 400.
 */
public final class ProximityQueryBuilder extends AbstractQueryBuilder<ProximityQueryBuilder> {
    /** The query's name in requests and on the wire. */
    public static final String NAME = ProximityRequest.NAME;

    /** Grows when the fields on the wire change; nodes of one cluster may briefly run two versions of the plugin. */
    private static final int WIRE_VERSION = 1;

    private final ProximityRequest request;

    /** Makes a query. */
    public ProximityQueryBuilder(ProximityRequest request) {
        this.request = Objects.requireNonNull(request);
    }

    /** Reads what {@link #doWriteTo} wrote. */
    public ProximityQueryBuilder(StreamInput in) throws IOException {
        super(in);
        int version = in.readVInt();
        if (version != WIRE_VERSION) {
            throw new IllegalArgumentException("[" + NAME + "] came from a node with another version of the plugin: wire version ["
                    + version + "], this node reads [" + WIRE_VERSION + "]");
        }
        request = new ProximityRequest(
                in.readString(),
                in.readString(),
                in.readOptionalString(),
                new ProximityFormula(in.readFloat(), in.readFloat(), in.readFloat()));
    }

    @Override
    protected void doWriteTo(StreamOutput out) throws IOException {
        out.writeVInt(WIRE_VERSION);
        out.writeString(request.field());
        out.writeString(request.text());
        out.writeOptionalString(request.analyzer());
        out.writeFloat(request.formula().windowWeight());
        out.writeFloat(request.formula().orderWeight());
        out.writeFloat(request.formula().halfGap());
    }

    /** Reads the object after {@code "proximity":}. */
    public static ProximityQueryBuilder fromXContent(XContentParser parser) throws IOException {
        ProximityParser.Parsed parsed = XContentReader.parse(NAME, parser, ProximityParser::parse);
        return new ProximityQueryBuilder(parsed.request()).boost(parsed.boost()).queryName(parsed.name());
    }

    @Override
    protected void doXContent(XContentBuilder builder, Params params) throws IOException {
        builder.startObject(NAME).startObject(request.field());
        for (Map.Entry<String, Object> option : request.options().entrySet()) {
            builder.field(option.getKey(), option.getValue());
        }
        printBoostAndQueryName(builder);
        builder.endObject().endObject();
    }

    @Override
    protected Query doToQuery(QueryShardContext context) throws IOException {
        MappedFieldType type = context.fieldMapper(request.field());
        if (type == null) {
            return request.nothing();
        }
        if (!type.getTextSearchInfo().hasPositions()) {
            throw new QueryShardException(context, request.withoutPositions(type.typeName()));
        }
        Analyzer analyzer = analyzer(context, type);
        try {
            return request.toQuery(type.name(), analyzer);
        } catch (SlotReader.TooManyTermsException tooMany) {
            throw new QueryShardException(context, request.withTooManyTerms(), tooMany);
        }
    }

    private Analyzer analyzer(QueryShardContext context, MappedFieldType type) {
        if (request.analyzer() == null) {
            return type.getTextSearchInfo().getSearchAnalyzer();
        }
        Analyzer named = context.getIndexAnalyzers().get(request.analyzer());
        if (named == null) {
            throw new QueryShardException(context, request.withoutAnalyzer());
        }
        return named;
    }

    @Override
    protected boolean doEquals(ProximityQueryBuilder other) {
        return request.equals(other.request);
    }

    @Override
    protected int doHashCode() {
        return request.hashCode();
    }

    @Override
    public String getWriteableName() {
        return NAME;
    }
}
