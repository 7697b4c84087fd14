package org.encore.elasticsearch.rerank;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.apache.lucene.search.Explanation;
import org.apache.lucene.search.Query;
import org.elasticsearch.TransportVersion;
import org.elasticsearch.client.internal.Client;
import org.elasticsearch.common.io.stream.NamedWriteableRegistry;
import org.elasticsearch.common.io.stream.StreamInput;
import org.elasticsearch.common.io.stream.StreamOutput;
import org.elasticsearch.search.rank.RankBuilder;
import org.elasticsearch.search.rank.RankDoc;
import org.elasticsearch.search.rank.context.QueryPhaseRankCoordinatorContext;
import org.elasticsearch.search.rank.context.QueryPhaseRankShardContext;
import org.elasticsearch.search.rank.context.RankFeaturePhaseRankCoordinatorContext;
import org.elasticsearch.search.rank.context.RankFeaturePhaseRankShardContext;
import org.elasticsearch.xcontent.XContentBuilder;

/**
 * What the engine calls between query and fetch of a search with the retriever {@code encore}.
 *
 * <p>On the coordinator it holds the one execution that it was made for; to a shard travels the window alone. The query
 * runs as without it, once a shard: the engine gives a shard its own ranking of queries only through a second run.
 */
public final class EncoreRankBuilder extends RankBuilder {
    static final String NAME = EncoreRetrieverBuilder.NAME;

    /** Grows when the fields on the wire change; nodes of one cluster may briefly run two versions of the plugin. */
    private static final int WIRE_VERSION = 1;

    private final Coordination coordination;
    private final WindowMerge merge;

    /** On a coordinator. */
    EncoreRankBuilder(int window, Coordination coordination) {
        super(window);
        this.coordination = coordination;
        this.merge = new WindowMerge(window);
    }

    /** How a shard reads it. */
    public static NamedWriteableRegistry.Entry entry() {
        return new NamedWriteableRegistry.Entry(RankBuilder.class, NAME, EncoreRankBuilder::new);
    }

    private EncoreRankBuilder(StreamInput in) throws IOException {
        super(in);
        int version = in.readVInt();
        if (version != WIRE_VERSION) {
            throw new IllegalArgumentException("[" + NAME + "] came from a node with another version of the plugin: wire version ["
                    + version + "], this node reads [" + WIRE_VERSION + "]");
        }
        coordination = null;
        merge = new WindowMerge(rankWindowSize());
    }

    @Override
    protected void doWriteTo(StreamOutput out) throws IOException {
        out.writeVInt(WIRE_VERSION);
    }

    @Override
    public boolean isCompoundBuilder() {
        return false;
    }

    /** None: the query phase runs as it does without ranking, and collects the window. */
    @Override
    public QueryPhaseRankShardContext buildQueryPhaseShardContext(List<Query> queries, int from) {
        return null;
    }

    @Override
    public QueryPhaseRankCoordinatorContext buildQueryPhaseCoordinatorContext(int size, int from) {
        return merge;
    }

    @Override
    public RankFeaturePhaseRankShardContext buildRankFeaturePhaseShardContext() {
        return new VideoIds();
    }

    @Override
    public RankFeaturePhaseRankCoordinatorContext buildRankFeaturePhaseCoordinatorContext(
            int size, int from, Client client) {
        return new WindowRank(size, from, rankWindowSize(), coordination, merge);
    }

    /** The first pass alone: the coordinator adds the rest, from the answer that it ranked by. */
    @Override
    public Explanation explainHit(Explanation baseExplanation, RankDoc scoreDoc, List<String> queryNames) {
        return baseExplanation;
    }

    @Override
    public String getWriteableName() {
        return NAME;
    }

    @Override
    public TransportVersion getMinimalSupportedVersion() {
        return TransportVersion.zero();
    }

    @Override
    protected void doXContent(XContentBuilder builder, Params params) {}

    @Override
    protected boolean doEquals(RankBuilder other) {
        return Objects.equals(coordination, ((EncoreRankBuilder) other).coordination);
    }

    @Override
    protected int doHashCode() {
        return Objects.hashCode(coordination);
    }
}
