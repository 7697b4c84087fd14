package org.encore.rescore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.SortedSetDocValuesField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.util.BytesRef;
import org.encore.rescore.ShardCandidates.VideoIds;
import org.junit.jupiter.api.Test;

class VideoIdCacheTest {
    private static final long PLENTY = 1 << 20;

    private final ByteBuffersDirectory directory = new ByteBuffersDirectory();
    private final VideoIds unused = segment -> {
        throw new AssertionError("the usual form is read by the cache itself");
    };

    /** One segment a list; a document without id where the list has null. */
    private DirectoryReader index(List<List<String>> segments) throws IOException {
        IndexWriterConfig config = new IndexWriterConfig().setMergePolicy(NoMergePolicy.INSTANCE);
        try (IndexWriter writer = new IndexWriter(directory, config)) {
            for (List<String> ids : segments) {
                for (String id : ids) {
                    Document document = new Document();
                    if (id != null) {
                        document.add(new SortedSetDocValuesField(VideoIds.FIELD, new BytesRef(id)));
                    }
                    writer.addDocument(document);
                }
                writer.commit();
            }
        }
        return DirectoryReader.open(directory);
    }

    private static List<String> ids(String start, int count) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(start + "x".repeat(i % 40) + i);
        }
        Collections.shuffle(ids, new Random(1));
        return ids;
    }

    private static List<String> read(VideoIds ids, LeafReaderContext segment, int count) throws IOException {
        VideoIds.Values values = ids.of(segment);
        List<String> found = new ArrayList<>();
        for (int doc = 0; doc < count; doc++) {
            found.add(values.advanceExact(doc) ? values.nextValue().utf8ToString() : null);
        }
        return found;
    }

    @Test
    void everyIdIsTheDocumentsOwnEachTime() throws IOException {
        List<String> expected = ids("a", 1_000);
        expected.set(7, null);
        VideoIdCache cache = new VideoIdCache(PLENTY);
        try (DirectoryReader reader = index(List.of(expected))) {
            VideoIds ids = cache.over(unused);
            assertEquals(expected, read(ids, reader.leaves().get(0), 1_000));
            long bytes = cache.bytes();
            assertTrue(bytes > 16 * 1_000 && bytes < 64 * 1_000, "" + bytes);
            assertEquals(expected, read(ids, reader.leaves().get(0), 1_000));
            assertEquals(bytes, cache.bytes());
        }
        assertEquals(0, cache.bytes(), "a segment's end ends its ids");
    }

    @Test
    void idsOfOneLengthAreReadToo() throws IOException {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 130; i++) {
            expected.add("BV" + (1_000 + i));
        }
        Collections.shuffle(expected, new Random(2));
        VideoIdCache cache = new VideoIdCache(PLENTY);
        try (DirectoryReader reader = index(List.of(expected, List.of("", "a"), List.of("")))) {
            VideoIds ids = cache.over(unused);
            for (int again = 0; again < 2; again++) {
                assertEquals(expected, read(ids, reader.leaves().get(0), 130));
                assertEquals(List.of("", "a"), read(ids, reader.leaves().get(1), 2));
                assertEquals(List.of(""), read(ids, reader.leaves().get(2), 1));
            }
        }
    }

    @Test
    void onlyBlocksThatAreAskedForAreKept() throws IOException {
        List<String> expected = ids("a", 1_000);
        VideoIdCache cache = new VideoIdCache(PLENTY);
        try (DirectoryReader reader = index(List.of(expected))) {
            VideoIds.Values values = cache.over(unused).of(reader.leaves().get(0));
            assertEquals(0, cache.bytes());
            values.advanceExact(3);
            values.nextValue();
            assertTrue(cache.bytes() > 0 && cache.bytes() < 64 * 64, "" + cache.bytes());
        }
    }

    @Test
    void theSegmentThatWasUsedLeastLatelyGoes() throws IOException {
        List<List<String>> expected = List.of(ids("a", 300), ids("b", 300), ids("c", 300));
        VideoIdCache cache = new VideoIdCache(25_000);
        try (DirectoryReader reader = index(expected)) {
            VideoIds ids = cache.over(unused);
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < 3; i++) {
                    assertEquals(expected.get(i), read(ids, reader.leaves().get(i), 300));
                    assertTrue(cache.bytes() <= 25_000, "" + cache.bytes());
                }
            }
        }
        assertEquals(0, cache.bytes());
    }

    @Test
    void withoutRoomIdsAreReadAllTheSame() throws IOException {
        List<String> expected = ids("a", 200);
        VideoIdCache cache = new VideoIdCache(0);
        try (DirectoryReader reader = index(List.of(expected))) {
            assertEquals(expected, read(cache.over(unused), reader.leaves().get(0), 200));
            assertEquals(0, cache.bytes());
        }
    }

    @Test
    void manyThreadsReadTheSame() throws Exception {
        List<String> expected = ids("a", 5_000);
        VideoIdCache cache = new VideoIdCache(100_000); // Less than all of them need.
        try (DirectoryReader reader = index(List.of(expected))) {
            List<Thread> threads = new ArrayList<>();
            List<Throwable> wrong = Collections.synchronizedList(new ArrayList<>());
            for (int t = 0; t < 4; t++) {
                Thread thread = new Thread(() -> {
                    try {
                        for (int i = 0; i < 5; i++) {
                            assertEquals(expected, read(cache.over(unused), reader.leaves().get(0), 5_000));
                        }
                    } catch (IOException | AssertionError e) {
                        wrong.add(e);
                    }
                });
                thread.start();
                threads.add(thread);
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(List.of(), wrong);
            assertTrue(cache.bytes() <= 100_000);
        }
        assertEquals(0, cache.bytes());
    }

    @Test
    void anotherFormIsReadAsTheIndexReadsIt() throws IOException {
        IndexWriterConfig config = new IndexWriterConfig();
        try (IndexWriter writer = new IndexWriter(directory, config)) {
            Document two = new Document();
            for (String id : Arrays.asList("b", "a")) {
                two.add(new SortedSetDocValuesField(VideoIds.FIELD, new BytesRef(id)));
            }
            writer.addDocument(two);
        }
        VideoIds.Values theirs = new VideoIds.Values() {
            @Override
            public boolean advanceExact(int doc) {
                return false;
            }

            @Override
            public BytesRef nextValue() {
                throw new AssertionError();
            }
        };
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
            assertSame(theirs, new VideoIdCache(PLENTY).over(segment -> theirs).of(reader.leaves().get(0)));
        }
    }
}
