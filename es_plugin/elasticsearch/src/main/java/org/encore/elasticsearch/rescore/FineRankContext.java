package org.encore.elasticsearch.rescore;

import java.io.IOException;
import java.util.List;
import org.apache.lucene.util.BytesRef;
import org.elasticsearch.index.fielddata.IndexFieldData;
import org.elasticsearch.index.fielddata.SortedBinaryDocValues;
import org.elasticsearch.index.mapper.MappedFieldType;
import org.elasticsearch.index.mapper.MappedFieldType.FielddataOperation;
import org.elasticsearch.index.query.SearchExecutionContext;
import org.elasticsearch.search.rescore.RescoreContext;
import org.encore.rank.SearchIdentity;
import org.encore.rescore.FineRankShared;
import org.encore.rescore.IndexMeta;
import org.encore.rescore.ShardCandidates.VideoIds;
import org.encore.rescore.ShardKey;
import org.encore.rescore.ShardRanking;

/** One search's {@link ShardRanking} in the form that the engine hands around. */
final class FineRankContext extends RescoreContext {
    private final ShardRanking ranking;

    FineRankContext(int window, ShardRanking ranking) {
        super(window, FineRankRescorer.INSTANCE);
        this.ranking = ranking;
    }

    /**
     * The context for that shard.
     *
     * @throws IllegalArgumentException the index has no video ids that could be read
     */
    static FineRankContext of(
            int window, FineRankRescorerBuilder builder, SearchExecutionContext shard, FineRankShared shared) {
        String index = shard.index().getName();
        String generation = IndexMeta.generation(shard.getMappingLookup().getMapping().getMeta(), index);
        SearchIdentity identity = ShardRanking.identity(
                builder.request(), builder.execution(), index, generation, shard.getShardId());
        ShardKey key = new ShardKey(builder.execution().token(), shard.index().getUUID(), shard.getShardId());
        return new FineRankContext(
                window, new ShardRanking(
                        shared, identity, key, shared.ids().over(videoIds(shard, index)), builder.execution()));
    }

    private static VideoIds videoIds(SearchExecutionContext shard, String index) {
        MappedFieldType type = shard.getFieldType(VideoIds.FIELD);
        if (type == null || !"keyword".equals(type.typeName()) || !type.hasDocValues()) {
            throw VideoIds.missing(index);
        }
        IndexFieldData<?> ids = shard.getForField(type, FielddataOperation.SEARCH);
        return segment -> values(ids.load(segment).getBytesValues());
    }

    private static VideoIds.Values values(SortedBinaryDocValues ids) {
        return new VideoIds.Values() {
            @Override
            public boolean advanceExact(int doc) throws IOException {
                return ids.advanceExact(doc);
            }

            @Override
            public BytesRef nextValue() throws IOException {
                return ids.nextValue();
            }
        };
    }

    /** The fine ranking among a search's rescorers, or null. */
    static FineRankContext among(List<RescoreContext> rescorers) {
        for (RescoreContext rescorer : rescorers) {
            if (rescorer instanceof FineRankContext fineRank) {
                return fineRank;
            }
        }
        return null;
    }

    ShardRanking ranking() {
        return ranking;
    }
}
