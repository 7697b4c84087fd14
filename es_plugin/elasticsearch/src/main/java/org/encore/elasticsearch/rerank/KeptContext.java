package org.encore.elasticsearch.rerank;

import java.io.IOException;
import org.elasticsearch.TransportVersion;
import org.elasticsearch.common.io.stream.NamedWriteableRegistry;
import org.elasticsearch.common.io.stream.StreamInput;
import org.elasticsearch.common.io.stream.StreamOutput;
import org.elasticsearch.index.shard.SearchOperationListener;
import org.elasticsearch.search.internal.SearchContext;
import org.elasticsearch.search.rank.RankShardResult;

/**
 * A shard's word in the result of its query phase that its hits will be asked for again: a node that reduces its shards'
 * results by itself lets go of the others' contexts. There is nothing else to say.
 */
public record KeptContext() implements RankShardResult {
    static final String NAME = "encore_kept_context";

    private KeptContext(StreamInput in) {
        this();
    }

    /** How another node's is read. */
    public static NamedWriteableRegistry.Entry entry() {
        return new NamedWriteableRegistry.Entry(RankShardResult.class, NAME, KeptContext::new);
    }

    /** Puts it into the results of shards that found something. */
    public static SearchOperationListener sender() {
        return new SearchOperationListener() {
            @Override
            public void onQueryPhase(SearchContext search, long tookInNanos) {
                boolean isRanked = search.request().source() != null
                        && search.request().source().rankBuilder() instanceof EncoreRankBuilder;
                if (isRanked && search.queryResult().hasSearchContext()) {
                    search.queryResult().setRankShardResult(new KeptContext());
                }
            }
        };
    }

    @Override
    public void writeTo(StreamOutput out) throws IOException {}

    @Override
    public String getWriteableName() {
        return NAME;
    }

    @Override
    public TransportVersion getMinimalSupportedVersion() {
        return TransportVersion.zero();
    }
}
