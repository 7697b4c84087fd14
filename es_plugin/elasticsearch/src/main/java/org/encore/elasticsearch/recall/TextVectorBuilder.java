package org.encore.elasticsearch.recall;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Supplier;
import org.elasticsearch.ElasticsearchStatusException;
import org.elasticsearch.TransportVersion;
import org.elasticsearch.action.ActionListener;
import org.elasticsearch.client.internal.Client;
import org.elasticsearch.common.io.stream.StreamInput;
import org.elasticsearch.common.io.stream.StreamOutput;
import org.elasticsearch.plugins.SearchPlugin.QueryVectorBuilderSpec;
import org.elasticsearch.rest.RestStatus;
import org.elasticsearch.search.vectors.QueryVectorBuilder;
import org.elasticsearch.xcontent.XContentBuilder;
import org.elasticsearch.xcontent.XContentParser;
import org.elasticsearch.xcontent.XContentParser.Token;
import org.encore.elasticsearch.request.XContentReader;
import org.encore.plan.PlanAnswer;
import org.encore.plan.RecallParser;
import org.encore.plan.RecallRequest;
import org.encore.plan.SearchPlans;
import org.encore.plan.TextVector;

/**
 * A text in the place of a query vector: {@code "query_vector_builder": {"encore": {"text": "周杰伦 晴天"}}}.
 *
 * <p>The ranker makes the vector, by the encoder of the generation that is searched, while the coordinating node rewrites
 * the search and no thread waits. Where it fails, so does the search: nearest neighbours of nothing would be no
 * answer. Immutable.
 */
public final class TextVectorBuilder implements QueryVectorBuilder {
    static final String NAME = RecallParser.NAME;

    private final RecallRequest request;
    private final Supplier<RecallService> service;

    private TextVectorBuilder(RecallRequest request, Supplier<RecallService> service) {
        this.request = request;
        this.service = service;
    }

    /** How the engine reads it from requests and from other nodes. */
    public static QueryVectorBuilderSpec<TextVectorBuilder> spec(Supplier<RecallService> service) {
        return new QueryVectorBuilderSpec<>(
                NAME,
                (StreamInput in) -> new TextVectorBuilder(TextVector.of(in.readString()), service),
                (parser, nothing) -> new TextVectorBuilder(parse(parser), service));
    }

    private static RecallRequest parse(XContentParser parser) {
        try {
            if (parser.currentToken() == Token.FIELD_NAME) {
                parser.nextToken(); // As some of the engine's parsers call those of named objects.
            }
            return XContentReader.parse(NAME, parser, TextVector::parse);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void buildVector(Client client, ActionListener<float[]> listener) {
        RecallService node = service.get();
        SearchPlans search = node.running();
        node.whenDone(node.planner().plan(request, TextVector.target(search), search), listener, answer -> {
            listener.onResponse(vector(answer));
        });
    }

    private float[] vector(PlanAnswer answer) {
        if (answer.plan() == null || answer.plan().vector() == null) {
            throw new ElasticsearchStatusException(
                    TextVector.missing(request, answer), RestStatus.SERVICE_UNAVAILABLE);
        }
        return answer.plan().vector();
    }

    @Override
    public void writeTo(StreamOutput out) throws IOException {
        out.writeString(request.text());
    }

    @Override
    public String getWriteableName() {
        return NAME;
    }

    @Override
    public TransportVersion getMinimalSupportedVersion() {
        return TransportVersion.minimumCompatible();
    }

    @Override
    public XContentBuilder toXContent(XContentBuilder builder, Params params) throws IOException {
        return builder.startObject().field(RecallParser.TEXT, request.text()).endObject();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TextVectorBuilder that && request.equals(that.request);
    }

    @Override
    public int hashCode() {
        return request.hashCode();
    }
}
