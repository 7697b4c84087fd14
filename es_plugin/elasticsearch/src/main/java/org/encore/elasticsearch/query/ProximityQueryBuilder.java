package org.encore.elasticsearch.query;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.Query;
import org.elasticsearch.TransportVersion;
import org.elasticsearch.common.io.stream.StreamInput;
import org.elasticsearch.common.io.stream.StreamOutput;
import org.elasticsearch.index.mapper.MappedFieldType;
import org.elasticsearch.index.query.LeafQueryBuilder;
import org.elasticsearch.index.query.QueryShardException;
import org.elasticsearch.index.query.SearchExecutionContext;
import org.elasticsearch.xcontent.XContentBuilder;
import org.elasticsearch.xcontent.XContentParser;
import org.encore.proximity.ProximityFormula;
import org.encore.proximity.ProximityQuery;
import org.encore.proximity.Slot;
import org.encore.proximity.SlotReader;

/**
 * The query {@code proximity} of the search API: text to analyze, a field with positions, and the constants of
 * {@link ProximityFormula}.
 *
 * <pre>
 * {"proximity": {"title.cut": {"query": "周杰伦 晴天", "window_weight": 0.7, "order_weight": 0.2, "half_gap": 4}}}
 * </pre>
 *
 * <p>An unmapped field and a text without terms match nothing. A field without positions, an unknown
 * analyzer and a text of more than {@link #MAXIMUM_TERMS} terms are refused with status 400.
 */
public final class ProximityQueryBuilder extends LeafQueryBuilder<ProximityQueryBuilder> {
    /** The query's name in requests and on the wire. */
    public static final String NAME = "proximity";

    /**
     * The most terms of a query's text. The longest of the 80,065 video queries of Multi-CPR has 19; this leaves room for
     * a pasted verse, and bounds what a document costs: its positions times the terms that it holds.
     */
    public static final int MAXIMUM_TERMS = 256;

    /** Grows when the fields on the wire change; nodes of one cluster may briefly run two versions of the plugin. */
    private static final int WIRE_VERSION = 1;

    private final String field;
    private final String text;
    private final String analyzer;
    private final ProximityFormula formula;

    /**
     * Makes a query.
     *
     * @param analyzer name of an analyzer of the index, or null for the field's search analyzer
     */
    public ProximityQueryBuilder(String field, String text, String analyzer, ProximityFormula formula) {
        this.field = require("a field", field);
        this.text = require("[query]", text);
        this.analyzer = analyzer;
        this.formula = Objects.requireNonNull(formula);
    }

    private static String require(String what, String value) {
        if (value == null) {
            throw new IllegalArgumentException("[" + NAME + "] needs " + what);
        }
        return value;
    }

    /** Reads what {@link #doWriteTo} wrote. */
    public ProximityQueryBuilder(StreamInput in) throws IOException {
        super(in);
        int version = in.readVInt();
        if (version != WIRE_VERSION) {
            throw new IllegalArgumentException("[" + NAME + "] came from a node with another version of the plugin: wire version ["
                    + version + "], this node reads [" + WIRE_VERSION + "]");
        }
        field = in.readString();
        text = in.readString();
        analyzer = in.readOptionalString();
        formula = new ProximityFormula(in.readFloat(), in.readFloat(), in.readFloat());
    }

    @Override
    protected void doWriteTo(StreamOutput out) throws IOException {
        out.writeVInt(WIRE_VERSION);
        out.writeString(field);
        out.writeString(text);
        out.writeOptionalString(analyzer);
        out.writeFloat(formula.windowWeight());
        out.writeFloat(formula.orderWeight());
        out.writeFloat(formula.halfGap());
    }

    /** Reads the object after {@code "proximity":}. */
    public static ProximityQueryBuilder fromXContent(XContentParser parser) throws IOException {
        return new ProximityQueryParser(parser).parse();
    }

    @Override
    protected void doXContent(XContentBuilder builder, Params params) throws IOException {
        builder.startObject(NAME).startObject(field);
        builder.field(ProximityQueryParser.QUERY, text);
        if (analyzer != null) {
            builder.field(ProximityQueryParser.ANALYZER, analyzer);
        }
        builder.field(ProximityQueryParser.WINDOW_WEIGHT, formula.windowWeight());
        builder.field(ProximityQueryParser.ORDER_WEIGHT, formula.orderWeight());
        builder.field(ProximityQueryParser.HALF_GAP, formula.halfGap());
        boostAndQueryNameToXContent(builder);
        builder.endObject().endObject();
    }

    @Override
    protected Query doToQuery(SearchExecutionContext context) throws IOException {
        MappedFieldType type = context.getFieldType(field);
        if (type == null) {
            return new MatchNoDocsQuery("unmapped field [" + field + "]");
        }
        if (!type.getTextSearchInfo().hasPositions()) {
            throw new QueryShardException(context, "[" + NAME + "] reads positions, and field [" + field + "] of type ["
                    + type.typeName() + "] is indexed without them: name a text field");
        }
        List<Slot> slots;
        try {
            slots = SlotReader.read(analyzer(context, type), type.name(), text, MAXIMUM_TERMS);
        } catch (SlotReader.TooManyTermsException tooMany) {
            throw new QueryShardException(context, "[" + NAME + "] on field [" + field + "] takes at most ["
                    + MAXIMUM_TERMS + "] terms: shorten its text", tooMany);
        }
        return slots.isEmpty()
                ? new MatchNoDocsQuery("no terms in the text of [" + NAME + "]")
                : new ProximityQuery(type.name(), slots, formula);
    }

    private Analyzer analyzer(SearchExecutionContext context, MappedFieldType type) {
        if (analyzer == null) {
            return type.getTextSearchInfo().searchAnalyzer();
        }
        Analyzer named = context.getIndexAnalyzers().get(analyzer);
        if (named == null) {
            throw new QueryShardException(context, "[" + NAME + "] analyzer [" + analyzer + "] not found");
        }
        return named;
    }

    @Override
    protected boolean doEquals(ProximityQueryBuilder other) {
        return field.equals(other.field)
                && text.equals(other.text)
                && Objects.equals(analyzer, other.analyzer)
                && formula.equals(other.formula);
    }

    @Override
    protected int doHashCode() {
        return Objects.hash(field, text, analyzer, formula);
    }

    @Override
    public String getWriteableName() {
        return NAME;
    }

    /** Any version this node can talk to: the form on the wire is the plugin's own, with its own version in it. */
    @Override
    public TransportVersion getMinimalSupportedVersion() {
        return TransportVersion.minimumCompatible();
    }
}
