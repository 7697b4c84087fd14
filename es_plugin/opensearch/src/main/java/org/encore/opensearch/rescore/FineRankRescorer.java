package org.encore.opensearch.rescore;

import java.io.IOException;
import java.util.Set;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.apache.lucene.search.Explanation;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.TopDocs;
import org.encore.rescore.FineRankExplanation;
import org.encore.rescore.ShardRanking;
import org.opensearch.core.tasks.TaskCancelledException;
import org.opensearch.search.query.QueryPhase;
import org.opensearch.search.rescore.RescoreContext;
import org.opensearch.search.rescore.Rescorer;

/** Lets a shard's {@link ShardRanking} rescore, and tells it what the engine says meanwhile. Stateless. */
final class FineRankRescorer implements Rescorer {
    static final FineRankRescorer INSTANCE = new FineRankRescorer();

    private static final Logger logger = LogManager.getLogger(FineRankRescorer.class);

    private FineRankRescorer() {}

    @Override
    public TopDocs rescore(TopDocs topDocs, IndexSearcher searcher, RescoreContext rescoreContext) throws IOException {
        FineRankContext context = (FineRankContext) rescoreContext;
        TopDocs ranked = context.ranking().rescore(topDocs, context.getWindowSize(), searcher, new ShardRanking.Engine() {
            @Override
            public boolean timeExceeded() {
                return context.isTimedOut();
            }

            @Override
            public void checkCancelled() {
                context.checkCancelled();
            }

            @Override
            public boolean isCancellation(RuntimeException thrown) {
                return thrown instanceof TaskCancelledException;
            }

            @Override
            public boolean isTimeout(RuntimeException thrown) {
                return thrown instanceof QueryPhase.TimeExceededException;
            }

            @Override
            public void ranked(Set<Integer> docs) {
                context.setRescoredDocs(docs);
            }

            @Override
            public void log(String message, RuntimeException fault) {
                logger.error(message, fault);
            }
        });
        context.outcome().leave(context.ranking().cause());
        return ranked;
    }

    @Override
    public Explanation explain(
            int doc, IndexSearcher searcher, RescoreContext rescoreContext, Explanation firstPass) {
        FineRankContext context = (FineRankContext) rescoreContext;
        return FineRankExplanation.of(doc, context.isRescored(doc), context.ranking(), firstPass);
    }
}
