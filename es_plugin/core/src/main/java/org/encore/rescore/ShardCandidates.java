package org.encore.rescore;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.util.BytesRef;
import org.encore.rank.Candidates;

/**
 * The hits of a window with their video ids, read in one pass that only goes forward through the segments.
 *
 * <p>So candidates are in the order of their documents, not of their scores. A document without an id cannot be
 * ranked and is left out.
 *
 * @param candidates ids and coarse scores
 * @param docs       their documents, ascending
 * @param hits       their places among the incoming hits
 */
public record ShardCandidates(Candidates candidates, int[] docs, int[] hits) {
    /** Gives a segment's video ids, in whatever form the index keeps its doc values. */
    @FunctionalInterface
    public interface VideoIds {
        /** The field that names a video: a keyword with doc values, equal to {@code _id}. */
        String FIELD = "video_id";

        Values of(LeafReaderContext segment) throws IOException;

        /** What refuses an index without that field. */
        static IllegalArgumentException missing(String index) {
            return new IllegalArgumentException(
                    "[fine_rank] needs the keyword field [" + FIELD + "] with doc values, which index [" + index + "] lacks");
        }

        /** One segment's ids, read forward. */
        interface Values {
            /** Whether that document of the segment has an id. */
            boolean advanceExact(int doc) throws IOException;

            /** The id of the document that was asked for last. */
            BytesRef nextValue() throws IOException;
        }
    }

    /** Reads the ids of the first {@code count} hits. */
    public static ShardCandidates read(ScoreDoc[] hits, int count, List<LeafReaderContext> leaves, VideoIds ids)
            throws IOException {
        long[] byDoc = new long[count];
        for (int i = 0; i < count; i++) {
            byDoc[i] = (long) hits[i].doc << Integer.SIZE | i;
        }
        Arrays.sort(byDoc);
        Candidates candidates = new Candidates(count);
        int[] docs = new int[count];
        int[] places = new int[count];
        int leaf = -1;
        int base = 0;
        int end = 0;
        VideoIds.Values values = null;
        for (long packed : byDoc) {
            int doc = (int) (packed >>> Integer.SIZE);
            while (doc >= end) {
                LeafReaderContext context = leaves.get(++leaf);
                base = context.docBase;
                end = base + context.reader().maxDoc();
                values = null;
            }
            if (values == null) {
                values = ids.of(leaves.get(leaf));
            }
            if (values.advanceExact(doc - base)) {
                BytesRef id = values.nextValue();
                int place = (int) packed;
                docs[candidates.count()] = doc;
                places[candidates.count()] = place;
                candidates.add(id.bytes, id.offset, id.length, hits[place].score);
            }
        }
        int n = candidates.count();
        return new ShardCandidates(candidates, Arrays.copyOf(docs, n), Arrays.copyOf(places, n));
    }
}
