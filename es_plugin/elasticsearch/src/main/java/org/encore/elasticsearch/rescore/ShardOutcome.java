package org.encore.elasticsearch.rescore;

import java.io.IOException;
import java.util.function.Supplier;
import org.elasticsearch.TransportVersion;
import org.elasticsearch.common.io.stream.NamedWriteableRegistry;
import org.elasticsearch.common.io.stream.StreamInput;
import org.elasticsearch.common.io.stream.StreamOutput;
import org.elasticsearch.index.shard.SearchOperationListener;
import org.elasticsearch.search.internal.SearchContext;
import org.elasticsearch.search.rank.RankShardResult;
import org.encore.rank.FallbackCause;

/**
 * Tells the coordinator that a shard fell back, whether or not its hits reach the page: it travels in the shard's result
 * of the query phase, in the place that the engine keeps for a plugin's ranking.
 *
 * <p>Nothing in the engine hands that place on to a plugin's filter, so reading it from the wire <em>is</em> the
 * telling: it leaves the cause in the reading node's {@link org.encore.rescore.SearchTraces}, as a shard of that node would have. The
 * coordinator reads all results before it answers. A shard that ranked sends nothing.
 */
public record ShardOutcome(String token, FallbackCause cause) implements RankShardResult {
    static final String NAME = "encore_fine_rank";

    /** How another node's is read. */
    public static NamedWriteableRegistry.Entry entry(Supplier<FineRankService> service) {
        return new NamedWriteableRegistry.Entry(RankShardResult.class, NAME, in -> {
            ShardOutcome outcome = read(in);
            service.get().shared().traces().fellBack(outcome.token, outcome.cause);
            return outcome;
        });
    }

    static ShardOutcome read(StreamInput in) throws IOException {
        return new ShardOutcome(in.readString(), FallbackCause.named(in.readString()));
    }

    /** Puts it into the results of shards that fell back. */
    public static SearchOperationListener sender() {
        return new SearchOperationListener() {
            @Override
            public void onQueryPhase(SearchContext search, long tookInNanos) {
                FineRankContext fineRank = search.rescore() == null ? null : FineRankContext.among(search.rescore());
                FallbackCause cause = fineRank == null ? null : fineRank.ranking().cause();
                if (cause != null && search.queryResult().getRankShardResult() == null) {
                    search.queryResult().setRankShardResult(new ShardOutcome(fineRank.ranking().token(), cause));
                }
            }
        };
    }

    @Override
    public void writeTo(StreamOutput out) throws IOException {
        out.writeString(token);
        out.writeString(cause.wireName());
    }

    @Override
    public String getWriteableName() {
        return NAME;
    }

    @Override
    public TransportVersion getMinimalSupportedVersion() {
        return TransportVersion.zero();
    }
}
