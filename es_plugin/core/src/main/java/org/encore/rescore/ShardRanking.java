package org.encore.rescore;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopDocs;
import org.encore.rank.Deadline;
import org.encore.rank.FallbackCause;
import org.encore.rank.RankFailure;
import org.encore.rank.ScoreScale;
import org.encore.rank.SearchIdentity;
import org.encore.rank.WireRequest;
import org.encore.rank.WireResponse;

/**
 * One search's fine ranking on one shard: puts the shard's hits on the one score scale, those of the window by the ranker's
 * answer, where there is one.
 *
 * <p>Invariants: one call a shard; no score changes before the whole answer is there; whatever fails, every hit of the
 * shard goes to the coarse scale and the search goes on; only cancellation (and an index that cannot be read) is thrown
 * on. In particular the engine's own time-out exception must not leave here: the engine would go on with raw
 * coarse scores, which mean nothing beside another shard's.
 *
 * <p>Made when the engine starts a phase of the search on the shard; with several shards the fetch phase makes another
 * one, which learns from {@link SearchTraces} what the first one saw. Belongs to one thread at a time.
 */
public final class ShardRanking {
    private final FineRankShared shared;
    private final SearchIdentity identity;
    private final ShardKey key;
    private final ShardCandidates.VideoIds ids;
    private final boolean explain;
    private final long searchDeadline;

    /**
     * The ranking of a search that is known to its coordinator.
     *
     * @param key whose {@code token} is the execution's
     */
    public ShardRanking(
            FineRankShared shared,
            SearchIdentity identity,
            ShardKey key,
            ShardCandidates.VideoIds ids,
            FineRankExecution execution) {
        this.shared = shared;
        this.identity = identity;
        this.key = key;
        this.ids = ids;
        this.explain = execution.explain();
        this.searchDeadline = execution.timeoutMillis() < 0
                ? Deadline.NONE
                : System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(execution.timeoutMillis());
    }

    /** What only the engine knows of the search that goes on. */
    public interface Engine {
        /** Whether the search's own timeout passed. */
        boolean timeExceeded();

        /** Throws what the engine throws where the search is cancelled or its time is over. */
        void checkCancelled();

        /** Whether that is how the engine says that the search is cancelled. */
        boolean isCancellation(RuntimeException thrown);

        /** Whether that is how the engine says that the search's time is over. */
        boolean isTimeout(RuntimeException thrown);

        /** The window's documents that are finely ranked, told once and only if they are. */
        void ranked(Set<Integer> docs);

        /** Writes a fault of the plugin to the node's log. */
        void log(String message, RuntimeException fault);
    }

    /**
     * The search and the shard that a builder was asked for.
     *
     * @throws IllegalStateException no coordinator saw the search
     */
    public static SearchIdentity identity(
            FineRankRequest request, FineRankExecution execution, String index, String generation, int shard) {
        if (!request.isIdentified() || execution.token() == null) {
            throw new IllegalStateException("[fine_rank] reached a shard without an identity");
        }
        return new SearchIdentity(
                request.requestId(),
                request.query(),
                request.user(),
                request.context(),
                request.config(),
                request.now(),
                index,
                generation,
                shard);
    }

    /** The hits on the one score scale, best first; ties keep the order in which the hits came. */
    public TopDocs rescore(TopDocs hits, int window, IndexSearcher searcher, Engine engine) throws IOException {
        if (hits == null || hits.scoreDocs.length == 0) {
            return hits;
        }
        float[] scores = new float[hits.scoreDocs.length];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = ScoreScale.coarse(hits.scoreDocs[i].score);
        }
        try {
            rank(hits.scoreDocs, scores, Math.min(scores.length, window), searcher, engine);
        } catch (RankFailure e) {
            fallBack(e.fallbackCause(), e.getMessage());
        } catch (RuntimeException e) {
            if (engine.isCancellation(e)) {
                shared.statistics().cancelled();
                throw e;
            }
            if (engine.isTimeout(e)) {
                fallBack(FallbackCause.SEARCH_TIMEOUT, "the search's own timeout passed");
            } else {
                engine.log("fine_rank failed; the shard keeps the coarse order", e);
                fallBack(FallbackCause.INTERNAL_ERROR, e.toString());
            }
        }
        return new TopDocs(hits.totalHits, sorted(hits.scoreDocs, scores));
    }

    /** Writes the scores of the window's candidates, all or none. */
    private void rank(ScoreDoc[] hits, float[] scores, int window, IndexSearcher searcher, Engine engine)
            throws IOException, RankFailure {
        if (engine.timeExceeded()) {
            throw new RankFailure(FallbackCause.SEARCH_TIMEOUT, "the search's own timeout passed before ranking");
        }
        long start = System.nanoTime();
        ShardCandidates candidates =
                ShardCandidates.read(hits, window, searcher.getIndexReader().leaves(), ids);
        WireRequest request = new WireRequest(identity, candidates.candidates(), explain);
        WireResponse response = shared.client().score(request, searchDeadline, engine::checkCancelled);
        Set<Integer> ranked = HashSet.newHashSet(response.count());
        for (int i = 0; i < response.count(); i++) {
            scores[candidates.hits()[i]] = response.score(i);
            ranked.add(candidates.docs()[i]);
        }
        keep(new ShardScores(candidates.docs(), response));
        engine.ranked(ranked);
        shared.statistics().ranked(response.count(), System.nanoTime() - start);
    }

    private void keep(ShardScores scores) {
        ShardMarks marks = ShardMarks.of(scores.docs(), scores.response());
        if (marks != null) {
            shared.traces().marked(key, marks);
        }
        if (explain) {
            shared.traces().ranked(key, scores);
        }
    }

    private void fallBack(FallbackCause cause, String reason) {
        shared.traces().fellBack(key, cause);
        shared.statistics().fellBack(cause, reason, System.currentTimeMillis());
    }

    private static ScoreDoc[] sorted(ScoreDoc[] hits, float[] scores) {
        for (int i = 0; i < hits.length; i++) {
            hits[i].score = scores[i];
        }
        // A copy of the same array type: the engine casts it where the search collapses.
        ScoreDoc[] sorted = hits.clone();
        Arrays.sort(sorted, (a, b) -> Float.compare(b.score, a.score));
        return sorted;
    }

    /** Why the shard fell back, or null where it did not or nobody knows any more. */
    public FallbackCause cause() {
        return shared.traces().cause(key);
    }

    /** How the shard's scores came about, or null where nobody knows (any more). */
    public ShardMarks marks() {
        return shared.traces().marks(key);
    }

    /** The coordinator's name for this execution of the search. */
    public String token() {
        return key.token();
    }

    /** The shard's scores for explanation, or null. */
    ShardScores scores() {
        return shared.traces().scores(key);
    }
}
