package org.encore.opensearch.rerank;

import java.io.IOException;
import java.util.Map;
import org.encore.json.JsonReader;
import org.encore.json.JsonWriter;
import org.encore.opensearch.request.XContentReader;
import org.encore.request.MapReader;
import org.encore.request.RequestReader;
import org.encore.rerank.RerankFields;
import org.opensearch.core.common.io.stream.StreamInput;
import org.opensearch.core.common.io.stream.StreamOutput;
import org.opensearch.core.xcontent.XContentBuilder;
import org.opensearch.plugins.SearchPlugin.SearchExtSpec;
import org.opensearch.search.SearchExtBuilder;

/**
 * What a search says to its pipeline's {@code encore_rerank}.
 *
 * <pre>
 * "ext": {"encore_rerank": {
 *     "query": "周杰伦 晴天", "user": "u42", "context": {"device": "phone"}, "config": "…", "request_id": "…", "now": 1760000000000,
 *     "rank_window_size": 500, "min_score": 1}}
 * </pre>
 *
 * <p>It travels to the shards with the rest of the search, as JSON text; nobody reads it there.
 */
public final class RerankExt extends SearchExtBuilder {
    /** Its name in requests, and the processors'. */
    public static final String NAME = "encore_rerank";

    private final Map<String, Object> values;

    private RerankExt(Map<String, Object> values) {
        this.values = values;
    }

    @SuppressWarnings("unchecked") // The other node's writeTo wrote an object.
    private RerankExt(StreamInput in) throws IOException {
        this((Map<String, Object>) JsonReader.parse(in.readString()));
    }

    /** How the engine reads it from requests and from other nodes. */
    public static SearchExtSpec<RerankExt> spec() {
        return new SearchExtSpec<>(
                NAME,
                RerankExt::new,
                parser -> new RerankExt(XContentReader.parse(NAME, parser, RerankExt::read).toMap()));
    }

    /** The engine hands over whatever stands there. */
    private static RerankFields read(RequestReader reader) throws IOException {
        if (reader.kind() != RequestReader.Kind.OBJECT) {
            throw reader.refused("must be an object, got [" + reader.shown() + "]");
        }
        return RerankFields.read(NAME, reader, RerankFields.More.NONE);
    }

    /** Its fields, to be filled from others. */
    RerankFields fields() throws IOException {
        return RerankFields.read(NAME, new MapReader(NAME, values), RerankFields.More.NONE);
    }

    @Override
    public void writeTo(StreamOutput out) throws IOException {
        out.writeString(JsonWriter.write(values));
    }

    @Override
    public String getWriteableName() {
        return NAME;
    }

    @Override
    public XContentBuilder toXContent(XContentBuilder builder, Params params) throws IOException {
        return builder.field(NAME, values);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RerankExt that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }
}
