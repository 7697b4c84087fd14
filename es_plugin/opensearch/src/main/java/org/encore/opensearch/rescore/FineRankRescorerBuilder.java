package org.encore.opensearch.rescore;

import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.encore.opensearch.request.XContentReader;
import org.encore.rank.FallbackCause;
import org.encore.rescore.FineRankExecution;
import org.encore.rescore.FineRankParser;
import org.encore.rescore.FineRankRequest;
import org.opensearch.core.common.io.stream.StreamInput;
import org.opensearch.core.common.io.stream.StreamOutput;
import org.opensearch.core.xcontent.XContentBuilder;
import org.opensearch.index.query.QueryRewriteContext;
import org.opensearch.index.query.QueryShardContext;
import org.opensearch.plugins.SearchPlugin.RescorerSpec;
import org.opensearch.search.rescore.RescoreContext;
import org.opensearch.search.rescore.RescorerBuilder;

/**
 * The rescorer {@code fine_rank} of the search API: whose search it is, for the ranker to order by.
 *
 * <pre>
 * "rescore": {"window_size": 500, "fine_rank": {
 *     "query": "周杰伦 晴天", "user": "u42", "context": {"device": "phone"}, "config": "…", "request_id": "…", "now": 1760000000000}}
 * </pre>
 *
 * <p>Only {@code query} is required. What is missing of {@code request_id} and {@code now} is filled in once, by
 * {@link FineRankFilter} on the coordinator; the same filter adds the internal fields, which have no JSON form:
 * a token of this very execution, the search's timeout and whether it asks for explanations. Immutable but
 * for the window size, as the engine has it.
 */
public final class FineRankRescorerBuilder extends RescorerBuilder<FineRankRescorerBuilder> {
    /** The rescorer's name in requests and on the wire. */
    public static final String NAME = "fine_rank";

    /** Grows when the fields on the wire change; nodes of one cluster may briefly run two versions of the plugin. */
    private static final int WIRE_VERSION = 1;

    private final FineRankRequest request;
    private final FineRankExecution execution;
    private final Supplier<FineRankService> service;
    private final ShardOutcome outcome = new ShardOutcome();

    FineRankRescorerBuilder(FineRankRequest request, FineRankExecution execution, Supplier<FineRankService> service) {
        this.request = Objects.requireNonNull(request);
        this.execution = Objects.requireNonNull(execution);
        this.service = service;
    }

    /** How the engine reads it from requests and from other nodes. */
    public static RescorerSpec<FineRankRescorerBuilder> spec(Supplier<FineRankService> service) {
        return new RescorerSpec<>(
                NAME,
                in -> new FineRankRescorerBuilder(in, service),
                parser -> new FineRankRescorerBuilder(
                        XContentReader.parse(NAME, parser, FineRankParser::parse), FineRankExecution.UNSET, service));
    }

    /** Reads what {@link #doWriteTo} wrote. */
    FineRankRescorerBuilder(StreamInput in, Supplier<FineRankService> service) throws IOException {
        super(in);
        int version = in.readVInt();
        if (version != WIRE_VERSION) {
            throw new IllegalArgumentException("[" + NAME + "] came from a node with another version of the plugin: wire version ["
                    + version + "], this node reads [" + WIRE_VERSION + "]");
        }
        request = new FineRankRequest(
                in.readString(),
                in.readOptionalString(),
                FineRankRequest.contextOf(in.readString()),
                in.readOptionalString(),
                in.readOptionalString(),
                in.readOptionalLong());
        execution = new FineRankExecution(in.readOptionalString(), in.readLong(), in.readBoolean());
        this.service = service;
        FallbackCause fellBack = ShardOutcome.read(in);
        if (fellBack != null && execution.token() != null) {
            service.get().shared().traces().fellBack(execution.token(), fellBack);
        }
        outcome.leave(fellBack);
    }

    @Override
    protected void doWriteTo(StreamOutput out) throws IOException {
        out.writeVInt(WIRE_VERSION);
        out.writeString(request.query());
        out.writeOptionalString(request.user());
        out.writeString(request.contextJson());
        out.writeOptionalString(request.config());
        out.writeOptionalString(request.requestId());
        out.writeOptionalLong(request.now());
        out.writeOptionalString(execution.token());
        out.writeLong(execution.timeoutMillis());
        out.writeBoolean(execution.explain());
        outcome.writeTo(out);
    }

    /** What the request says. */
    FineRankRequest request() {
        return request;
    }

    /** What the coordinator added. */
    FineRankExecution execution() {
        return execution;
    }

    /** Where a shard leaves why it fell back; no part of what the request says. */
    ShardOutcome outcome() {
        return outcome;
    }

    /** The same rescorer with those values. */
    FineRankRescorerBuilder with(FineRankRequest newRequest, FineRankExecution newExecution) {
        FineRankRescorerBuilder filled = new FineRankRescorerBuilder(newRequest, newExecution, service);
        filled.windowSize = windowSize;
        return filled;
    }

    /**
     * The second guard for searches that the filter did not see: fills in what is missing, with the wall clock; gives
     * {@code this} once all is set, so that rewriting ends.
     */
    @Override
    public RescorerBuilder<FineRankRescorerBuilder> rewrite(QueryRewriteContext context) {
        if (request.isIdentified() && execution.token() != null) {
            return this;
        }
        FineRankRequest identified = request.isIdentified() ? request : request.identified(context.nowInMillis());
        return with(identified, execution.identified());
    }

    @Override
    protected RescoreContext innerBuildContext(int window, QueryShardContext context) {
        return FineRankContext.of(window, this, context, service.get().shared());
    }

    @Override
    protected void doXContent(XContentBuilder builder, Params params) throws IOException {
        builder.startObject(NAME);
        for (Map.Entry<String, Object> field : request.toMap().entrySet()) {
            builder.field(field.getKey(), field.getValue());
        }
        builder.endObject();
    }

    @Override
    public String getWriteableName() {
        return NAME;
    }

    @Override
    public boolean equals(Object other) {
        return super.equals(other)
                && request.equals(((FineRankRescorerBuilder) other).request)
                && execution.equals(((FineRankRescorerBuilder) other).execution);
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), request, execution);
    }
}
