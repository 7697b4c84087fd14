package org.encore.opensearch.rescore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TotalHits;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.util.BytesRef;
import org.encore.rank.FallbackCause;
import org.encore.rank.RankStatistics;
import org.encore.rank.RankerClient;
import org.encore.rank.RankerOptions;
import org.encore.rescore.FineRankExecution;
import org.encore.rescore.FineRankRequest;
import org.encore.rescore.FineRankShared;
import org.encore.rescore.SearchTraces;
import org.encore.rescore.ShardCandidates.VideoIds;
import org.encore.rescore.ShardKey;
import org.encore.rescore.ShardRanking;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.opensearch.action.search.SearchShardTask;
import org.opensearch.common.io.stream.BytesStreamOutput;
import org.opensearch.core.tasks.TaskCancelledException;
import org.opensearch.core.tasks.TaskId;
import org.opensearch.tasks.CancellableTask;

/** What the search's timeout and cancellation do, while a ranker that accepts and never answers is waited for. */
@Timeout(30)
class FineRankRescorerTest {
    private final RankStatistics statistics = new RankStatistics();
    private final ByteBuffersDirectory directory = new ByteBuffersDirectory();
    private final ShardOutcome outcome = new ShardOutcome();
    private DirectoryReader reader;
    private ServerSocket silent;
    private RankerClient client;
    private FineRankContext context;

    @BeforeEach
    void start() throws IOException {
        try (IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig())) {
            writer.addDocument(new Document());
            writer.addDocument(new Document());
        }
        reader = DirectoryReader.open(directory);
        silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        URI address = URI.create("http://127.0.0.1:" + silent.getLocalPort());
        client = new RankerClient(
                new RankerOptions(List.of(address), TimeUnit.SECONDS.toNanos(20), 4, 100, 1, 65536, null), statistics, null);
        FineRankExecution execution = new FineRankExecution("token", -1, false);
        FineRankRequest request = new FineRankRequest("q", null, Map.of(), null, "r1", 1L);
        context = new FineRankContext(
                10,
                new ShardRanking(
                        new FineRankShared(client, statistics, new SearchTraces(System::nanoTime)),
                        ShardRanking.identity(request, execution, "videos", "g", 0),
                        new ShardKey("token", "uuid", 0),
                        segment -> everyDocumentIs("v"),
                        execution),
                outcome);
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        silent.close();
        reader.close();
        directory.close();
    }

    private static VideoIds.Values everyDocumentIs(String id) {
        return new VideoIds.Values() {
            @Override
            public boolean advanceExact(int doc) {
                return true;
            }

            @Override
            public BytesRef nextValue() {
                return new BytesRef(id);
            }
        };
    }

    private static TopDocs hits() {
        ScoreDoc[] hits = {new ScoreDoc(1, 2f), new ScoreDoc(0, 1f)};
        return new TopDocs(new TotalHits(2, TotalHits.Relation.EQUAL_TO), hits);
    }

    private TopDocs rescore() throws IOException {
        return FineRankRescorer.INSTANCE.rescore(hits(), new IndexSearcher(reader), context);
    }

    @Test
    void aSearchWithoutTimeLeftTakesTheCoarseScale() throws IOException {
        context.belongsTo(() -> true, null);
        assertEquals(2.0 / 3, rescore().scoreDocs[0].score, 1e-6, "not the raw 2 that the engine would go on with");
        assertEquals(FallbackCause.SEARCH_TIMEOUT, context.ranking().cause());
        assertFalse(context.isRescored(1));
    }

    @Test
    void theOutcomeIsLeftForTheCoordinator() throws IOException {
        context.belongsTo(() -> true, null);
        rescore();
        try (BytesStreamOutput out = new BytesStreamOutput()) {
            outcome.writeTo(out);
            assertEquals(FallbackCause.SEARCH_TIMEOUT, ShardOutcome.read(out.bytes().streamInput()));
        }
    }

    @Test
    void theTasksCancellationIsThrownOn() {
        CancellableTask task = new SearchShardTask(1, "type", "action", "description", TaskId.EMPTY_TASK_ID, Map.of());
        task.cancel("by the test");
        context.belongsTo(() -> false, task);
        assertEquals(
                "cancelled task with reason: by the test",
                assertThrows(TaskCancelledException.class, this::rescore).getMessage());
        assertEquals(1L, statistics.toMap().get("cancelled"));
        assertNull(context.ranking().cause());
    }
}
