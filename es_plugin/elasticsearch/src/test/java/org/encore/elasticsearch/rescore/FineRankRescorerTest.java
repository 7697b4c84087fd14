package org.encore.elasticsearch.rescore;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.SortedSetDocValuesField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.search.Explanation;
import org.apache.lucene.search.FieldDoc;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TotalHits;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.util.BytesRef;
import org.elasticsearch.index.fielddata.FieldData;
import org.elasticsearch.index.shard.ShardId;
import org.elasticsearch.search.internal.ContextIndexSearcher;
import org.elasticsearch.tasks.TaskCancelledException;
import org.encore.elasticsearch.rescore.FineRankRescorerBuilder.Execution;
import org.encore.rank.FallbackCause;
import org.encore.rank.RankStatistics;
import org.encore.rank.RankerClient;
import org.encore.rank.RankerOptions;
import org.encore.rank.SearchIdentity;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The rescorer over a real Lucene index of three segments and a ranker of a few lines. */
@Timeout(30)
class FineRankRescorerTest {
    /** Documents 0–5; 3 has no id. Tier = the digit mod 4, u = the digit / 10. */
    private static final String[] IDS = {"v0", "v1", "v2", null, "v4", "v5"};

    private final RankStatistics statistics = new RankStatistics();
    private final SearchTraces traces = new SearchTraces(System::nanoTime);
    private final CountDownLatch released = new CountDownLatch(1);
    private final List<String> asked = new ArrayList<>();
    private HttpServer server;
    private RankerClient client;
    private DirectoryReader reader;
    private ByteBuffersDirectory directory;
    private volatile boolean stalls;
    private volatile int status = 200;

    @BeforeEach
    void start() throws IOException {
        directory = new ByteBuffersDirectory();
        try (IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig().setMergePolicy(NoMergePolicy.INSTANCE))) {
            for (int i = 0; i < IDS.length; i++) {
                Document document = new Document();
                if (IDS[i] != null) {
                    document.add(new SortedSetDocValuesField("video_id", new BytesRef(IDS[i])));
                }
                writer.addDocument(document);
                if (i % 2 == 1) {
                    writer.commit();
                }
            }
        }
        reader = DirectoryReader.open(directory);
        assertEquals(3, reader.leaves().size());
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/v1/score", exchange -> {
            byte[] answer = answer(exchange.getRequestBody().readAllBytes());
            try {
                if (stalls) {
                    released.await(20, TimeUnit.SECONDS);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.sendResponseHeaders(status, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        client = new RankerClient(
                new RankerOptions(List.of(address), TimeUnit.SECONDS.toNanos(10), 4, 100, 1, 65536, null), statistics, null);
    }

    @AfterEach
    void stop() throws IOException {
        released.countDown();
        client.close();
        server.stop(0);
        reader.close();
        directory.close();
    }

    private byte[] answer(byte[] request) {
        ByteBuffer in = ByteBuffer.wrap(request).order(ByteOrder.LITTLE_ENDIAN);
        int n = in.getInt(8);
        int idBytes = in.getInt(16);
        String ids = new String(request, request.length - idBytes, idBytes, StandardCharsets.US_ASCII);
        asked.add(ids);
        byte[] meta = "{\"request_id\":\"r1\"}".getBytes(StandardCharsets.US_ASCII);
        ByteBuffer out = ByteBuffer.allocate(16 + meta.length + 9 * n).order(ByteOrder.LITTLE_ENDIAN);
        out.put("ENCR".getBytes(StandardCharsets.US_ASCII)).putShort((short) 1).putShort((short) 0);
        out.putInt(n).putInt(meta.length).put(meta);
        for (int i = 0; i < n; i++) {
            out.put((byte) (digit(ids, i) % 4));
        }
        for (int i = 0; i < n; i++) {
            out.putDouble(digit(ids, i) / 10.0);
        }
        return out.array();
    }

    private static int digit(String ids, int i) {
        return ids.charAt(2 * i + 1) - '0';
    }

    private FineRankContext context(int window, long timeoutMillis, boolean explain) {
        SearchIdentity identity = new SearchIdentity("r1", "q", null, Map.of(), null, 1, "videos", "g", 0);
        return new FineRankContext(
                window,
                new FineRankShared(client, statistics, traces),
                identity,
                new ShardKey("token", new ShardId("videos", "uuid", 0)),
                segment -> FieldData.toString(DocValues.getSortedSet(segment.reader(), "video_id")),
                new Execution("token", timeoutMillis, explain));
    }

    private static TopDocs hits(float... scoresByDoc) {
        ScoreDoc[] hits = new ScoreDoc[scoresByDoc.length];
        for (int doc = 0; doc < hits.length; doc++) {
            hits[doc] = new ScoreDoc(doc, scoresByDoc[doc]);
        }
        Arrays.sort(hits, (a, b) -> Float.compare(b.score, a.score));
        return new TopDocs(new TotalHits(hits.length, TotalHits.Relation.EQUAL_TO), hits);
    }

    private TopDocs rescore(TopDocs hits, FineRankContext context) throws IOException {
        return FineRankRescorer.INSTANCE.rescore(hits, new IndexSearcher(reader), context);
    }

    private ContextIndexSearcher engineSearcher() throws IOException {
        return new ContextIndexSearcher(
                reader, IndexSearcher.getDefaultSimilarity(), null, IndexSearcher.getDefaultQueryCachingPolicy(), true);
    }

    private static int[] docs(TopDocs hits) {
        return Arrays.stream(hits.scoreDocs).mapToInt(hit -> hit.doc).toArray();
    }

    private static double score(TopDocs hits, int doc) {
        return Arrays.stream(hits.scoreDocs).filter(hit -> hit.doc == doc).findFirst().orElseThrow().score;
    }

    @Test
    void ranksTheWindowAndScalesTheRest() throws IOException {
        FineRankContext context = context(4, -1, false);
        TopDocs ranked = rescore(hits(1, 2, 3, 4, 5, 6), context);
        // The window is 5, 4, 3, 2, of which 3 has no id: v5 1 + 1 + .5, v4 1 + 0 + .4, v2 1 + 2 + .2; then 3, 1, 0.
        assertArrayEquals(new int[] {2, 5, 4, 3, 1, 0}, docs(ranked));
        assertEquals(3.2, score(ranked, 2), 1e-6);
        assertEquals(2.5, score(ranked, 5), 1e-6);
        assertEquals(1.4, score(ranked, 4), 1e-6);
        assertEquals(0.8, score(ranked, 3), 1e-6);
        assertEquals(2.0 / 3, score(ranked, 1), 1e-6);
        assertEquals(0.5, score(ranked, 0), 1e-6);
        assertEquals(List.of("v2v4v5"), asked, "in the order of the documents");
        assertEquals(Set.of(2, 4, 5), context.getRescoredDocs());
        assertNull(context.cause());
        assertEquals(1, statistics.ranked());
    }

    @Test
    void negativeAndMissingScoresAreSafe() throws IOException {
        status = 500;
        TopDocs scaled = rescore(hits(-3, 1, Float.NEGATIVE_INFINITY, 0, Float.POSITIVE_INFINITY, -0.5f), context(10, -1, false));
        assertEquals(4, scaled.scoreDocs[0].doc);
        assertEquals(1, scaled.scoreDocs[1].doc);
        for (int i = 2; i < 6; i++) {
            assertEquals(0f, scaled.scoreDocs[i].score);
        }
        assertArrayEquals(new int[] {4, 1, 3, 5, 0, 2}, docs(scaled), "ties keep the order in which the hits came");
        status = 200;
        TopDocs ranked = rescore(hits(-3, 1, Float.NaN, 0, Float.POSITIVE_INFINITY, -0.5f), context(10, -1, false));
        assertArrayEquals(new int[] {2, 5, 1, 4, 0, 3}, docs(ranked));
    }

    @Test
    void fallsBackAsAWholeAndSaysWhy() throws IOException {
        status = 500;
        FineRankContext context = context(10, -1, false);
        TopDocs scaled = rescore(hits(1, 2, 3, 4, 5, 6), context);
        assertArrayEquals(new int[] {5, 4, 3, 2, 1, 0}, docs(scaled));
        assertEquals(6.0 / 7, scaled.scoreDocs[0].score, 1e-6);
        assertEquals(FallbackCause.RANKER_ERROR, context.cause());
        assertNull(context.getRescoredDocs());
        assertFalse(context.isRescored(5));
        assertEquals(1, statistics.fallbacks(FallbackCause.RANKER_ERROR));
    }

    @Test
    void theEnginesTimeoutStaysInside() throws IOException {
        stalls = true;
        ContextIndexSearcher searcher = engineSearcher();
        FineRankContext context = context(10, -1, false);
        context.setCancellationChecker(searcher::throwTimeExceededException);
        TopDocs scaled = FineRankRescorer.INSTANCE.rescore(hits(1, 2, 3, 4, 5, 6), searcher, context);
        assertEquals(6.0 / 7, scaled.scoreDocs[0].score, 1e-6, "not the raw 6 that the engine would go on with");
        assertEquals(FallbackCause.SEARCH_TIMEOUT, context.cause());
    }

    @Test
    void theSearchesTimeoutCountsFromTheContext() throws IOException {
        stalls = true;
        FineRankContext context = context(10, 30, false);
        long start = System.nanoTime();
        rescore(hits(1, 2), context);
        assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(5));
        assertEquals(FallbackCause.SEARCH_TIMEOUT, context.cause());
    }

    @Test
    void cancellationIsThrownOnAndNothingChanges() {
        stalls = true;
        FineRankContext context = context(10, -1, false);
        context.setCancellationChecker(() -> {
            throw new TaskCancelledException("cancelled");
        });
        TopDocs hits = hits(1, 2);
        assertThrows(TaskCancelledException.class, () -> rescore(hits, context));
        assertEquals(2f, hits.scoreDocs[0].score);
        assertNull(context.cause());
        assertEquals(1L, statistics.toMap().get("cancelled"));
    }

    @Test
    void aFaultOfThePluginItselfDegradesOnly() throws IOException {
        FineRankContext context = new FineRankContext(
                10,
                new FineRankShared(client, statistics, traces),
                new SearchIdentity("r1", "q", null, Map.of(), null, 1, "videos", "g", 0),
                new ShardKey("token", new ShardId("videos", "uuid", 0)),
                segment -> {
                    IllegalStateException fault = new IllegalStateException("on purpose, by the test");
                    fault.setStackTrace(new StackTraceElement[0]); // It will be logged.
                    throw fault;
                },
                new Execution("token", -1, false));
        assertEquals(2.0 / 3, rescore(hits(1, 2), context).scoreDocs[0].score, 1e-6);
        assertEquals(FallbackCause.INTERNAL_ERROR, context.cause());
    }

    @Test
    void anIndexThatCannotBeReadIsNotHidden() {
        FineRankContext context = new FineRankContext(
                10,
                new FineRankShared(client, statistics, traces),
                new SearchIdentity("r1", "q", null, Map.of(), null, 1, "videos", "g", 0),
                new ShardKey("token", new ShardId("videos", "uuid", 0)),
                segment -> {
                    throw new IOException("corrupt");
                },
                new Execution("token", -1, false));
        assertThrows(IOException.class, () -> rescore(hits(1, 2), context));
    }

    @Test
    void noHitIsNoCall() throws IOException {
        TopDocs none = hits();
        assertSame(none, rescore(none, context(10, -1, false)));
        assertNull(FineRankRescorer.INSTANCE.rescore(null, new IndexSearcher(reader), context(10, -1, false)));
        assertEquals(List.of(), asked);
    }

    @Test
    void theEnginesArrayTypeStays() throws IOException {
        FieldDoc[] sorted = {new FieldDoc(1, 2f, new Object[] {2f}), new FieldDoc(0, 1f, new Object[] {1f})};
        TopDocs ranked = rescore(new TopDocs(new TotalHits(2, TotalHits.Relation.EQUAL_TO), sorted), context(10, -1, false));
        assertEquals(FieldDoc[].class, ranked.scoreDocs.getClass());
        assertArrayEquals(new int[] {1, 0}, docs(ranked));
        assertEquals(1, sorted[0].doc, "the incoming array is left as it was");
    }

    @Test
    void explainsWhatWasKept() throws IOException {
        FineRankContext context = context(10, -1, false);
        rescore(hits(1, 2, 3, 4, 5, 6), context);
        Explanation firstPass = Explanation.match(6f, "first pass");
        Explanation lost = FineRankExplanation.of(5, context, firstPass);
        assertTrue(Float.isNaN(lost.getValue().floatValue()));
        assertEquals("1 + tier + u, finely ranked; its parts are no longer kept on this node", lost.getDescription());
        Explanation coarse = FineRankExplanation.of(3, context, Explanation.match(-2f, "first pass"));
        assertEquals(0f, coarse.getValue());
        assertEquals(
                "s / (1 + s), not finely ranked, s is the coarse score (below 0 counts as 0):", coarse.getDescription());
        assertFalse(FineRankExplanation.of(5, context, Explanation.noMatch("no")).isMatch());
        assertFalse(FineRankExplanation.of(5, context, null).isMatch());
    }
}
