package org.encore.elasticsearch.rescore;

import java.io.IOException;
import java.util.Set;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.apache.lucene.search.Explanation;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.TopDocs;
import org.elasticsearch.search.internal.ContextIndexSearcher;
import org.elasticsearch.search.rescore.RescoreContext;
import org.elasticsearch.search.rescore.Rescorer;
import org.elasticsearch.tasks.TaskCancelledException;
import org.encore.rescore.FineRankExplanation;
import org.encore.rescore.ShardRanking;

/** Lets a shard's {@link ShardRanking} rescore, and tells it what the engine says meanwhile. Stateless. */
final class FineRankRescorer implements Rescorer {
    static final FineRankRescorer INSTANCE = new FineRankRescorer();

    private static final Logger logger = LogManager.getLogger(FineRankRescorer.class);

    private FineRankRescorer() {}

    @Override
    public TopDocs rescore(TopDocs topDocs, IndexSearcher searcher, RescoreContext rescoreContext) throws IOException {
        FineRankContext context = (FineRankContext) rescoreContext;
        return context.ranking().rescore(topDocs, context.getWindowSize(), searcher, new ShardRanking.Engine() {
            @Override
            public boolean timeExceeded() {
                return searcher instanceof ContextIndexSearcher search && search.timeExceeded();
            }

            @Override
            public void checkCancelled() {
                context.checkCancellation();
            }

            @Override
            public boolean isCancellation(RuntimeException thrown) {
                return thrown instanceof TaskCancelledException;
            }

            @Override
            public boolean isTimeout(RuntimeException thrown) {
                return thrown instanceof ContextIndexSearcher.TimeExceededException;
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
    }

    @Override
    public Explanation explain(
            int doc, IndexSearcher searcher, RescoreContext rescoreContext, Explanation firstPass) {
        FineRankContext context = (FineRankContext) rescoreContext;
        return FineRankExplanation.of(doc, context.isRescored(doc), context.ranking(), firstPass);
    }
}
