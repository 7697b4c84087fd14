package org.encore.elasticsearch.rerank;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.apache.lucene.search.ScoreDoc;
import org.elasticsearch.action.ActionListener;
import org.elasticsearch.action.support.ContextPreservingActionListener;
import org.elasticsearch.search.rank.RankDoc.RankKey;
import org.elasticsearch.search.rank.context.RankFeaturePhaseRankCoordinatorContext;
import org.elasticsearch.search.rank.feature.RankFeatureDoc;
import org.elasticsearch.tasks.TaskCancelledException;
import org.encore.rerank.GlobalOrder;
import org.encore.rerank.GlobalRanker;
import org.encore.rerank.GlobalWindow;

/** Puts the hits of the window in the ranker's order, when their ids have come from the shards. */
final class WindowRank extends RankFeaturePhaseRankCoordinatorContext {
    private static final Logger logger = LogManager.getLogger(WindowRank.class);

    private final Coordination coordination;
    private final WindowMerge merge;

    WindowRank(int size, int from, int window, Coordination coordination, WindowMerge merge) {
        super(size, from, window, false);
        this.coordination = coordination;
        this.merge = merge;
    }

    @Override
    public void computeRankScoresForGlobalResults(RankFeatureDoc[] found, ActionListener<RankFeatureDoc[]> listener) {
        RankFeatureDoc[] docs = inCoarseOrder(found);
        GlobalWindow window = new GlobalWindow(docs.length);
        for (RankFeatureDoc doc : docs) {
            window.add(doc.featureData.isEmpty() ? null : doc.featureData.get(0), doc.score);
        }
        // The ranker's thread has no context of its own; what follows needs the search's.
        ActionListener<RankFeatureDoc[]> resumed =
                ContextPreservingActionListener.wrapPreservingContext(listener, coordination.threads());
        coordination.ranker().rank(coordination.search(), window, new GlobalRanker.Waiting() {
            @Override
            public void ordered(GlobalOrder order) {
                resumed.onResponse(by(order, docs));
            }

            @Override
            public void cancelled() {
                resumed.onFailure(new TaskCancelledException("the search was cancelled while it waited for the ranker"));
            }

            @Override
            public void log(String message, RuntimeException fault) {
                logger.error(message, fault);
            }
        });
    }

    /** Those of the window's hits whose shard answered, with their coarse scores, which the shards do not repeat. */
    private RankFeatureDoc[] inCoarseOrder(RankFeatureDoc[] found) {
        Map<RankKey, RankFeatureDoc> byPlace = HashMap.newHashMap(found.length);
        for (RankFeatureDoc doc : found) {
            byPlace.put(new RankKey(doc.doc, doc.shardIndex), doc);
        }
        RankFeatureDoc[] docs = new RankFeatureDoc[found.length];
        int count = 0;
        for (ScoreDoc hit : merge.window()) {
            RankFeatureDoc doc = byPlace.get(new RankKey(hit.doc, hit.shardIndex));
            if (doc != null) {
                doc.score = hit.score;
                docs[count++] = doc;
            }
        }
        return Arrays.copyOf(docs, count);
    }

    private static RankFeatureDoc[] by(GlobalOrder order, RankFeatureDoc[] docs) {
        RankFeatureDoc[] ranked = new RankFeatureDoc[docs.length];
        for (int rank = 0; rank < ranked.length; rank++) {
            int place = order.place(rank);
            ranked[rank] = docs[place];
            ranked[rank].score = order.score(place);
        }
        return ranked;
    }

    /** They are in order. A least score means the ranker's scale, so a search that fell back keeps all. */
    @Override
    protected RankFeatureDoc[] preprocess(RankFeatureDoc[] docs, boolean rerankedScores) {
        GlobalOrder order = coordination.search().order();
        Float minScore = coordination.minScore();
        return minScore == null || order == null || !order.isRanked()
                ? docs
                : Arrays.copyOf(docs, order.atLeast(minScore));
    }

    @Override
    protected void computeScores(RankFeatureDoc[] featureDocs, ActionListener<float[]> scoreListener) {
        throw new UnsupportedOperationException("the window is ranked as a whole");
    }
}
