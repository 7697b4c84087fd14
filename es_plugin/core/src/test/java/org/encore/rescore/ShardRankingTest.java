package org.encore.rescore;

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
import java.util.concurrent.CancellationException;
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
import org.apache.lucene.index.SortedSetDocValues;
import org.apache.lucene.search.Explanation;
import org.apache.lucene.search.FieldDoc;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The ranking of a shard over a real Lucene index of three segments and a ranker of a few lines. */
@Timeout(30)
class ShardRankingTest {
    /** Documents 0–5; 3 has no id. Tier = the digit mod 4, u = the digit / 10. */
    private static final String[] IDS = {"v0", "v1", "v2", null, "v4", "v5"};

    private final RankStatistics statistics = new RankStatistics();
    private final SearchTraces traces = new SearchTraces(System::nanoTime);
    private final CountDownLatch released = new CountDownLatch(1);
    private final List<String> asked = new ArrayList<>();
    private final Engine engine = new Engine();
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

    private ShardRanking ranking(long timeoutMillis, boolean explain) {
        return ranking(timeoutMillis, explain, segment -> ids(DocValues.getSortedSet(segment.reader(), "video_id")));
    }

    private ShardRanking ranking(long timeoutMillis, boolean explain, ShardCandidates.VideoIds ids) {
        FineRankExecution execution = new FineRankExecution("token", timeoutMillis, explain);
        FineRankRequest request = new FineRankRequest("q", null, Map.of(), null, "r1", 1L);
        return new ShardRanking(
                new FineRankShared(client, statistics, traces),
                ShardRanking.identity(request, execution, "videos", "g", 0),
                new ShardKey("token", "uuid", 0),
                ids,
                execution);
    }

    private static ShardCandidates.VideoIds.Values ids(SortedSetDocValues values) {
        return new ShardCandidates.VideoIds.Values() {
            @Override
            public boolean advanceExact(int doc) throws IOException {
                return values.advanceExact(doc);
            }

            @Override
            public BytesRef nextValue() throws IOException {
                return values.lookupOrd(values.nextOrd());
            }
        };
    }

    /** An engine whose search goes on for ever, unless the test says otherwise. */
    private final class Engine implements ShardRanking.Engine {
        private RuntimeException thrown;
        private boolean isOver;
        private Set<Integer> ranked;
        private RuntimeException logged;

        @Override
        public boolean timeExceeded() {
            return isOver;
        }

        @Override
        public void checkCancelled() {
            if (thrown != null) {
                throw thrown;
            }
        }

        @Override
        public boolean isCancellation(RuntimeException e) {
            return e instanceof CancellationException;
        }

        @Override
        public boolean isTimeout(RuntimeException e) {
            return e instanceof IllegalMonitorStateException; // As good as any.
        }

        @Override
        public void ranked(Set<Integer> docs) {
            ranked = docs;
        }

        @Override
        public void log(String message, RuntimeException fault) {
            logged = fault;
        }
    }

    private static TopDocs hits(float... scoresByDoc) {
        ScoreDoc[] hits = new ScoreDoc[scoresByDoc.length];
        for (int doc = 0; doc < hits.length; doc++) {
            hits[doc] = new ScoreDoc(doc, scoresByDoc[doc]);
        }
        Arrays.sort(hits, (a, b) -> Float.compare(b.score, a.score));
        return new TopDocs(new TotalHits(hits.length, TotalHits.Relation.EQUAL_TO), hits);
    }

    private TopDocs rescore(TopDocs hits, int window, ShardRanking ranking) throws IOException {
        return ranking.rescore(hits, window, new IndexSearcher(reader), engine);
    }

    private static int[] docs(TopDocs hits) {
        return Arrays.stream(hits.scoreDocs).mapToInt(hit -> hit.doc).toArray();
    }

    private static double score(TopDocs hits, int doc) {
        return Arrays.stream(hits.scoreDocs).filter(hit -> hit.doc == doc).findFirst().orElseThrow().score;
    }

    @Test
    void ranksTheWindowAndScalesTheRest() throws IOException {
        ShardRanking ranking = ranking(-1, false);
        TopDocs ranked = rescore(hits(1, 2, 3, 4, 5, 6), 4, ranking);
        // The window is 5, 4, 3, 2, of which 3 has no id: v5 1 + 1 + .5, v4 1 + 0 + .4, v2 1 + 2 + .2; then 3, 1, 0.
        assertArrayEquals(new int[] {2, 5, 4, 3, 1, 0}, docs(ranked));
        assertEquals(3.2, score(ranked, 2), 1e-6);
        assertEquals(2.5, score(ranked, 5), 1e-6);
        assertEquals(1.4, score(ranked, 4), 1e-6);
        assertEquals(0.8, score(ranked, 3), 1e-6);
        assertEquals(2.0 / 3, score(ranked, 1), 1e-6);
        assertEquals(0.5, score(ranked, 0), 1e-6);
        assertEquals(List.of("v2v4v5"), asked, "in the order of the documents");
        assertEquals(Set.of(2, 4, 5), engine.ranked);
        assertNull(ranking.cause());
        assertEquals(1, statistics.ranked());
    }

    @Test
    void negativeAndMissingScoresAreSafe() throws IOException {
        status = 500;
        TopDocs scaled =
                rescore(hits(-3, 1, Float.NEGATIVE_INFINITY, 0, Float.POSITIVE_INFINITY, -0.5f), 10, ranking(-1, false));
        assertEquals(4, scaled.scoreDocs[0].doc);
        assertEquals(1, scaled.scoreDocs[1].doc);
        for (int i = 2; i < 6; i++) {
            assertEquals(0f, scaled.scoreDocs[i].score);
        }
        assertArrayEquals(new int[] {4, 1, 3, 5, 0, 2}, docs(scaled), "ties keep the order in which the hits came");
        status = 200;
        TopDocs ranked = rescore(hits(-3, 1, Float.NaN, 0, Float.POSITIVE_INFINITY, -0.5f), 10, ranking(-1, false));
        assertArrayEquals(new int[] {2, 5, 1, 4, 0, 3}, docs(ranked));
    }

    @Test
    void fallsBackAsAWholeAndSaysWhy() throws IOException {
        status = 500;
        ShardRanking ranking = ranking(-1, false);
        TopDocs scaled = rescore(hits(1, 2, 3, 4, 5, 6), 10, ranking);
        assertArrayEquals(new int[] {5, 4, 3, 2, 1, 0}, docs(scaled));
        assertEquals(6.0 / 7, scaled.scoreDocs[0].score, 1e-6);
        assertEquals(FallbackCause.RANKER_ERROR, ranking.cause());
        assertNull(engine.ranked);
        assertEquals(1, statistics.fallbacks(FallbackCause.RANKER_ERROR));
    }

    @Test
    void theEnginesTimeoutStaysInside() throws IOException {
        stalls = true;
        engine.thrown = new IllegalMonitorStateException("the search's time is over");
        ShardRanking ranking = ranking(-1, false);
        TopDocs scaled = rescore(hits(1, 2, 3, 4, 5, 6), 10, ranking);
        assertEquals(6.0 / 7, scaled.scoreDocs[0].score, 1e-6, "not the raw 6 that the engine would go on with");
        assertEquals(FallbackCause.SEARCH_TIMEOUT, ranking.cause());
        assertNull(engine.logged);
    }

    @Test
    void aSearchWithoutTimeLeftAsksNobody() throws IOException {
        engine.isOver = true;
        ShardRanking ranking = ranking(-1, false);
        assertEquals(2.0 / 3, rescore(hits(1, 2), 10, ranking).scoreDocs[0].score, 1e-6);
        assertEquals(FallbackCause.SEARCH_TIMEOUT, ranking.cause());
        assertEquals(List.of(), asked);
    }

    @Test
    void theSearchesTimeoutCountsFromTheStart() throws IOException {
        stalls = true;
        ShardRanking ranking = ranking(30, false);
        long start = System.nanoTime();
        rescore(hits(1, 2), 10, ranking);
        assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(5));
        assertEquals(FallbackCause.SEARCH_TIMEOUT, ranking.cause());
    }

    @Test
    void cancellationIsThrownOnAndNothingChanges() {
        stalls = true;
        engine.thrown = new CancellationException("cancelled");
        ShardRanking ranking = ranking(-1, false);
        TopDocs hits = hits(1, 2);
        assertThrows(CancellationException.class, () -> rescore(hits, 10, ranking));
        assertEquals(2f, hits.scoreDocs[0].score);
        assertNull(ranking.cause());
        assertEquals(1L, statistics.toMap().get("cancelled"));
    }

    @Test
    void aFaultOfThePluginItselfDegradesOnly() throws IOException {
        IllegalStateException fault = new IllegalStateException("on purpose, by the test");
        ShardRanking ranking = ranking(-1, false, segment -> {
            throw fault;
        });
        assertEquals(2.0 / 3, rescore(hits(1, 2), 10, ranking).scoreDocs[0].score, 1e-6);
        assertEquals(FallbackCause.INTERNAL_ERROR, ranking.cause());
        assertSame(fault, engine.logged);
    }

    @Test
    void anIndexThatCannotBeReadIsNotHidden() {
        ShardRanking ranking = ranking(-1, false, segment -> {
            throw new IOException("corrupt");
        });
        assertThrows(IOException.class, () -> rescore(hits(1, 2), 10, ranking));
    }

    @Test
    void noHitIsNoCall() throws IOException {
        TopDocs none = hits();
        assertSame(none, rescore(none, 10, ranking(-1, false)));
        assertNull(rescore(null, 10, ranking(-1, false)));
        assertEquals(List.of(), asked);
    }

    @Test
    void theEnginesArrayTypeStays() throws IOException {
        FieldDoc[] sorted = {new FieldDoc(1, 2f, new Object[] {2f}), new FieldDoc(0, 1f, new Object[] {1f})};
        TopDocs hits = new TopDocs(new TotalHits(2, TotalHits.Relation.EQUAL_TO), sorted);
        TopDocs ranked = rescore(hits, 10, ranking(-1, false));
        assertEquals(FieldDoc[].class, ranked.scoreDocs.getClass());
        assertArrayEquals(new int[] {1, 0}, docs(ranked));
        assertEquals(1, sorted[0].doc, "the incoming array is left as it was");
    }

    @Test
    void explainsWhatWasKept() throws IOException {
        ShardRanking ranking = ranking(-1, false);
        rescore(hits(1, 2, 3, 4, 5, 6), 10, ranking);
        Explanation firstPass = Explanation.match(6f, "first pass");
        Explanation lost = FineRankExplanation.of(5, true, ranking, firstPass);
        assertTrue(Float.isNaN(lost.getValue().floatValue()));
        assertEquals("1 + tier + u, finely ranked; its parts are no longer kept on this node", lost.getDescription());
        Explanation coarse = FineRankExplanation.of(3, false, ranking, Explanation.match(-2f, "first pass"));
        assertEquals(0f, coarse.getValue());
        assertEquals(
                "s / (1 + s), not finely ranked, s is the coarse score (below 0 counts as 0):", coarse.getDescription());
        assertFalse(FineRankExplanation.of(5, true, ranking, Explanation.noMatch("no")).isMatch());
        assertFalse(FineRankExplanation.of(5, true, ranking, null).isMatch());
    }

    @Test
    void explainsTheFineScore() throws IOException {
        ShardRanking ranking = ranking(-1, true);
        rescore(hits(1, 2, 3, 4, 5, 6), 10, ranking);
        Explanation fine = FineRankExplanation.of(5, true, ranking, Explanation.match(6f, "first pass"));
        assertEquals(2.5, fine.getValue().doubleValue(), 1e-6);
        assertEquals("1 + tier + u, finely ranked, sum of:", fine.getDescription());
        assertEquals(1, fine.getDetails()[0].getValue());
        assertEquals("tier, [fair-fair] of [bad 0, fair-fair 1, fair-good 2, good 3]", fine.getDetails()[0].getDescription());
        assertEquals(0.5, fine.getDetails()[1].getValue());
    }

    @Test
    void aShardNeedsASearchThatItsCoordinatorSaw() {
        FineRankRequest request = new FineRankRequest("q", null, Map.of(), null, null, null);
        IllegalStateException e = assertThrows(
                IllegalStateException.class,
                () -> ShardRanking.identity(request, FineRankExecution.UNSET, "videos", "g", 0));
        assertEquals("[fine_rank] reached a shard without an identity", e.getMessage());
    }
}
