package org.encore.elasticsearch.rescore;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.elasticsearch.index.fielddata.IndexFieldData;
import org.elasticsearch.index.mapper.MappedFieldType;
import org.elasticsearch.index.mapper.MappedFieldType.FielddataOperation;
import org.elasticsearch.index.query.SearchExecutionContext;
import org.elasticsearch.index.shard.ShardId;
import org.elasticsearch.search.rescore.RescoreContext;
import org.encore.elasticsearch.rescore.ShardCandidates.VideoIds;
import org.encore.rank.Deadline;
import org.encore.rank.FallbackCause;
import org.encore.rank.SearchIdentity;

/**
 * One search's fine ranking on one shard.
 *
 * <p>Made when the engine starts a phase of the search on the shard; with several shards the fetch phase makes another
 * one, which learns from {@link SearchTraces} what the first one saw.
 */
final class FineRankContext extends RescoreContext {
    /** The field that names a video: a keyword with doc values, equal to {@code _id}. */
    static final String VIDEO_ID = "video_id";

    private final FineRankShared shared;
    private final SearchIdentity identity;
    private final ShardKey key;
    private final VideoIds ids;
    private final boolean explain;
    private final long searchDeadline;

    FineRankContext(
            int window,
            FineRankShared shared,
            SearchIdentity identity,
            ShardKey key,
            VideoIds ids,
            FineRankRescorerBuilder.Execution execution) {
        super(window, FineRankRescorer.INSTANCE);
        this.shared = shared;
        this.identity = identity;
        this.key = key;
        this.ids = ids;
        this.explain = execution.explain();
        this.searchDeadline = execution.timeoutMillis() < 0
                ? Deadline.NONE
                : System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(execution.timeoutMillis());
    }

    /**
     * The context for that shard.
     *
     * @throws IllegalArgumentException the index has no video ids that could be read
     */
    static FineRankContext of(
            int window, FineRankRescorerBuilder builder, SearchExecutionContext shard, FineRankShared shared) {
        FineRankRequest request = builder.request();
        if (!request.isIdentified() || builder.execution().token() == null) {
            throw new IllegalStateException("[fine_rank] reached a shard without an identity");
        }
        String index = shard.index().getName();
        SearchIdentity identity = new SearchIdentity(
                request.requestId(),
                request.query(),
                request.user(),
                request.context(),
                request.config(),
                request.now(),
                index,
                generation(shard, index),
                shard.getShardId());
        ShardKey key = new ShardKey(builder.execution().token(), new ShardId(shard.index(), shard.getShardId()));
        return new FineRankContext(window, shared, identity, key, videoIds(shard, index), builder.execution());
    }

    private static VideoIds videoIds(SearchExecutionContext shard, String index) {
        MappedFieldType type = shard.getFieldType(VIDEO_ID);
        if (type == null || !"keyword".equals(type.typeName()) || !type.hasDocValues()) {
            throw new IllegalArgumentException(
                    "[fine_rank] needs the keyword field [" + VIDEO_ID + "] with doc values, which index [" + index + "] lacks");
        }
        IndexFieldData<?> ids = shard.getForField(type, FielddataOperation.SEARCH);
        return segment -> ids.load(segment).getBytesValues();
    }

    private static String generation(SearchExecutionContext shard, String index) {
        Map<String, Object> meta = shard.getMappingLookup().getMapping().getMeta();
        Object generation = meta == null ? null : meta.get(IndexMeta.GENERATION);
        return generation == null ? index : generation.toString();
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

    FineRankShared shared() {
        return shared;
    }

    SearchIdentity identity() {
        return identity;
    }

    VideoIds ids() {
        return ids;
    }

    boolean explain() {
        return explain;
    }

    /** {@code System.nanoTime()} at which the search's own timeout is over, or {@link Deadline#NONE}. */
    long searchDeadline() {
        return searchDeadline;
    }

    /** Keeps the outcome: these documents are finely ranked. */
    void ranked(Set<Integer> docs, SearchTraces.ShardScores scores) {
        setRescoredDocs(docs);
        ShardMarks marks = ShardMarks.of(scores.docs(), scores.response());
        if (marks != null) {
            shared.traces().marked(key, marks);
        }
        if (explain) {
            shared.traces().ranked(key, scores);
        }
    }

    /** Keeps the outcome: the shard stays in coarse order. */
    void fellBack(FallbackCause cause) {
        shared.traces().fellBack(key, cause);
    }

    /** Why the shard fell back, or null where it did not or nobody knows any more. */
    FallbackCause cause() {
        return shared.traces().cause(key);
    }

    /** How the shard's scores came about, or null where nobody knows (any more). */
    ShardMarks marks() {
        return shared.traces().marks(key);
    }

    /** The coordinator's name for this execution of the search. */
    String token() {
        return key.token();
    }

    /** The shard's scores for explanation, or null. */
    SearchTraces.ShardScores scores() {
        return shared.traces().scores(key);
    }
}
