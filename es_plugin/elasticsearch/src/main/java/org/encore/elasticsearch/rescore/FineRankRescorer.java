package org.encore.elasticsearch.rescore;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.apache.lucene.search.Explanation;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopDocs;
import org.elasticsearch.search.internal.ContextIndexSearcher;
import org.elasticsearch.search.rescore.RescoreContext;
import org.elasticsearch.search.rescore.Rescorer;
import org.elasticsearch.tasks.TaskCancelledException;
import org.encore.rank.FallbackCause;
import org.encore.rank.RankFailure;
import org.encore.rank.ScoreScale;
import org.encore.rank.WireRequest;
import org.encore.rank.WireResponse;

/**
 * Puts a shard's hits on the one score scale: those of the window by the ranker's answer, where there is one.
 *
 * <p>Invariants: one call a shard; no score changes before the whole answer is there; whatever fails, every hit of the
 * shard goes to the coarse scale and the search goes on; only cancellation (and an index that cannot be read) is thrown
 * on. In particular the engine's own time-out exception must not leave here: the engine would go on with raw
 * coarse scores, which mean nothing beside another shard's. Stateless.
 */
final class FineRankRescorer implements Rescorer {
    static final FineRankRescorer INSTANCE = new FineRankRescorer();

    private static final Logger logger = LogManager.getLogger(FineRankRescorer.class);

    private FineRankRescorer() {}

    @Override
    public TopDocs rescore(TopDocs topDocs, IndexSearcher searcher, RescoreContext rescoreContext) throws IOException {
        if (topDocs == null || topDocs.scoreDocs.length == 0) {
            return topDocs;
        }
        FineRankContext context = (FineRankContext) rescoreContext;
        float[] scores = new float[topDocs.scoreDocs.length];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = ScoreScale.coarse(topDocs.scoreDocs[i].score);
        }
        try {
            rank(topDocs.scoreDocs, scores, searcher, context);
        } catch (RankFailure e) {
            fallBack(context, e.fallbackCause(), e.getMessage());
        } catch (ContextIndexSearcher.TimeExceededException e) {
            fallBack(context, FallbackCause.SEARCH_TIMEOUT, "the search's own timeout passed");
        } catch (TaskCancelledException e) {
            context.shared().statistics().cancelled();
            throw e;
        } catch (RuntimeException e) {
            logger.error("fine_rank failed; the shard keeps the coarse order", e);
            fallBack(context, FallbackCause.INTERNAL_ERROR, e.toString());
        }
        return new TopDocs(topDocs.totalHits, sorted(topDocs.scoreDocs, scores));
    }

    /** Writes the scores of the window's candidates, all or none. */
    private static void rank(ScoreDoc[] hits, float[] scores, IndexSearcher searcher, FineRankContext context)
            throws IOException, RankFailure {
        if (searcher instanceof ContextIndexSearcher search && search.timeExceeded()) {
            throw new RankFailure(FallbackCause.SEARCH_TIMEOUT, "the search's own timeout passed before ranking");
        }
        long start = System.nanoTime();
        int window = Math.min(hits.length, context.getWindowSize());
        ShardCandidates candidates = ShardCandidates.read(
                hits, window, searcher.getIndexReader().leaves(), context.ids());
        WireRequest request = new WireRequest(context.identity(), candidates.candidates(), context.explain());
        WireResponse response =
                context.shared().client().score(request, context.searchDeadline(), context::checkCancellation);
        Set<Integer> ranked = HashSet.newHashSet(response.count());
        for (int i = 0; i < response.count(); i++) {
            scores[candidates.hits()[i]] = response.score(i);
            ranked.add(candidates.docs()[i]);
        }
        context.ranked(ranked, new SearchTraces.ShardScores(candidates.docs(), response));
        context.shared().statistics().ranked(response.count(), System.nanoTime() - start);
    }

    private static void fallBack(FineRankContext context, FallbackCause cause, String reason) {
        context.fellBack(cause);
        context.shared().statistics().fellBack(cause, reason, System.currentTimeMillis());
    }

    /** The hits with their new scores, best first; ties keep the order in which the hits came. */
    private static ScoreDoc[] sorted(ScoreDoc[] hits, float[] scores) {
        for (int i = 0; i < hits.length; i++) {
            hits[i].score = scores[i];
        }
        // A copy of the same array type: the engine casts it where the search collapses.
        ScoreDoc[] sorted = hits.clone();
        Arrays.sort(sorted, (a, b) -> Float.compare(b.score, a.score));
        return sorted;
    }

    @Override
    public Explanation explain(
            int doc, IndexSearcher searcher, RescoreContext rescoreContext, Explanation firstPass) {
        return FineRankExplanation.of(doc, (FineRankContext) rescoreContext, firstPass);
    }
}
