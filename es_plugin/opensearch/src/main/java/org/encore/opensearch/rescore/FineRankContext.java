package org.encore.opensearch.rescore;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.lucene.util.BytesRef;
import org.encore.rank.SearchIdentity;
import org.encore.rescore.FineRankShared;
import org.encore.rescore.IndexMeta;
import org.encore.rescore.ShardCandidates.VideoIds;
import org.encore.rescore.ShardKey;
import org.encore.rescore.ShardRanking;
import org.opensearch.core.tasks.TaskCancelledException;
import org.opensearch.index.fielddata.IndexFieldData;
import org.opensearch.index.fielddata.SortedBinaryDocValues;
import org.opensearch.index.mapper.DocumentMapper;
import org.opensearch.index.mapper.MappedFieldType;
import org.opensearch.index.query.QueryShardContext;
import org.opensearch.search.rescore.RescoreContext;
import org.opensearch.tasks.CancellableTask;

/** One search's {@link ShardRanking} in the form that the engine hands around. */
final class FineRankContext extends RescoreContext {
    private final ShardRanking ranking;
    private final ShardOutcome outcome;
    private BooleanSupplier timedOut = () -> false;
    private CancellableTask task;

    FineRankContext(int window, ShardRanking ranking, ShardOutcome outcome) {
        super(window, FineRankRescorer.INSTANCE);
        this.ranking = ranking;
        this.outcome = outcome;
    }

    /**
     * The context for that shard.
     *
     * @throws IllegalArgumentException the index has no video ids that could be read
     */
    static FineRankContext of(
            int window, FineRankRescorerBuilder builder, QueryShardContext shard, FineRankShared shared) {
        String index = shard.index().getName();
        SearchIdentity identity = ShardRanking.identity(
                builder.request(), builder.execution(), index, IndexMeta.generation(meta(shard), index), shard.getShardId());
        ShardKey key = new ShardKey(builder.execution().token(), shard.index().getUUID(), shard.getShardId());
        ShardRanking ranking = new ShardRanking(
                shared, identity, key, shared.ids().over(videoIds(shard, index)), builder.execution());
        return new FineRankContext(window, ranking, builder.outcome());
    }

    private static Map<String, Object> meta(QueryShardContext shard) {
        DocumentMapper mapping = shard.getMapperService().documentMapper();
        return mapping == null ? null : mapping.meta();
    }

    private static VideoIds videoIds(QueryShardContext shard, String index) {
        MappedFieldType type = shard.fieldMapper(VideoIds.FIELD);
        if (type == null || !"keyword".equals(type.typeName()) || !type.hasDocValues()) {
            throw VideoIds.missing(index);
        }
        IndexFieldData<?> ids = shard.getForField(type);
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

    /** Where the shard leaves its outcome for the coordinator. */
    ShardOutcome outcome() {
        return outcome;
    }

    /**
     * Names the search on this shard, before its query phase.
     *
     * @param isTimedOut whether the search's own timeout passed
     * @param owner      its task, or null where it has none
     */
    void belongsTo(BooleanSupplier isTimedOut, CancellableTask owner) {
        timedOut = isTimedOut;
        task = owner;
    }

    /** Whether the search's own timeout passed. */
    boolean isTimedOut() {
        return timedOut.getAsBoolean();
    }

    /** Throws the engine's exception where the search's task is cancelled. */
    void checkCancelled() {
        if (task != null && task.isCancelled()) {
            throw new TaskCancelledException("cancelled task with reason: " + task.getReasonCancelled());
        }
    }
}
