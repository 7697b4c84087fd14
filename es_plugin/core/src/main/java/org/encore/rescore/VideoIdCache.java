package org.encore.rescore;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.IndexReader.CacheHelper;
import org.apache.lucene.index.IndexReader.CacheKey;
import org.apache.lucene.index.SortedDocValues;
import org.apache.lucene.index.SortedSetDocValues;
import org.apache.lucene.util.BytesRef;
import org.encore.rescore.ShardCandidates.VideoIds;

/**
 * Keeps video ids that were read, in the blocks in which a segment packs them.
 *
 * <p>An index keeps ids compressed, 64 to a block: each id costs unpacking half a block, 0.4 µs, and 500 candidates cost
 * more than all else that the plugin does for a search. A kept id costs some 20 ns. Whoever may read a segment's ids
 * reads them here too: doc values are asked first, so a reader that hides the field still hides it.
 *
 * <p>Bounded in bytes; where they don't suffice, the segment that was used least lately goes. A segment's end ends its
 * ids. Thread-safe.
 */
public final class VideoIdCache {
    private static final int BLOCK_BITS = 6;
    private static final int BLOCK = 1 << BLOCK_BITS;
    /** Of a block's array and the reference to it. */
    private static final int BLOCK_OVERHEAD = 24;
    private static final int USUAL_ID_BYTES = 16;
    private static final long MOST_BYTES = 64L << 20;
    private static final long SHARE_OF_HEAP = 64;

    private final long mostBytes;
    private final Map<CacheKey, Segment> segments = new ConcurrentHashMap<>();
    private long bytes;
    private long uses;

    /** At most that many bytes. */
    public VideoIdCache(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    /** A 64th of the heap, at most 64 MiB: some 16 bytes an id. */
    public static VideoIdCache ofHeap() {
        return new VideoIdCache(Math.min(MOST_BYTES, Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP));
    }

    /** The same ids; those that an index keeps in another form than a keyword's usual one are read as they are. */
    public VideoIds over(VideoIds index) {
        return segment -> {
            SortedSetDocValues several = segment.reader().getSortedSetDocValues(VideoIds.FIELD);
            SortedDocValues single = several == null ? null : DocValues.unwrapSingleton(several);
            CacheHelper core = segment.reader().getCoreCacheHelper();
            return single == null || core == null ? index.of(segment) : new Kept(single, segment(core, single));
        };
    }

    private Segment segment(CacheHelper core, SortedDocValues ids) throws IOException {
        Segment known = segments.get(core.getKey());
        if (known != null) {
            known.usedAt = ++uses; // A lost count makes no more than a choice that is a little worse.
            return known;
        }
        Segment fresh = new Segment(ids.getValueCount());
        Segment raced = segments.putIfAbsent(core.getKey(), fresh);
        if (raced != null) {
            return raced;
        }
        core.addClosedListener(this::forget);
        return fresh;
    }

    private synchronized void forget(CacheKey key) {
        Segment gone = segments.remove(key);
        if (gone != null) {
            gone.isGone = true;
            bytes -= gone.bytes;
        }
    }

    private synchronized void keep(Segment segment, int place, byte[] block) {
        int size = block.length + BLOCK_OVERHEAD;
        if (segment.isGone || size > mostBytes) {
            return;
        }
        while (bytes + size > mostBytes) {
            CacheKey least = leastUsed(segment);
            if (least == null) {
                return;
            }
            forget(least);
        }
        if (segment.blocks.getAndSet(place, block) == null) {
            segment.bytes += size;
            bytes += size;
        }
    }

    private CacheKey leastUsed(Segment butNot) {
        CacheKey least = null;
        long when = Long.MAX_VALUE;
        for (Map.Entry<CacheKey, Segment> entry : segments.entrySet()) {
            Segment one = entry.getValue();
            if (one != butNot && one.bytes > 0 && one.usedAt < when) {
                least = entry.getKey();
                when = one.usedAt;
            }
        }
        return least;
    }

    /** Bytes of the ids that are kept. */
    public synchronized long bytes() {
        return bytes;
    }

    /** Blocks by number, those that nobody asked for yet null. */
    private static final class Segment {
        private final AtomicReferenceArray<byte[]> blocks;
        private volatile long usedAt;
        private long bytes;
        private boolean isGone;

        private Segment(int ids) {
            blocks = new AtomicReferenceArray<>((ids + BLOCK - 1) >> BLOCK_BITS);
        }
    }

    /**
     * A block's ids as one array, since each further object is another miss of the processor's caches. Ids of one length,
     * which is usual, follow that length; others follow a 0 and the end of each.
     */
    private static final class Block {
        private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

        private Block() {}

        static byte[] read(SortedDocValues values, int number) throws IOException {
            int first = number << BLOCK_BITS;
            int[] ends = new int[Math.min(BLOCK, values.getValueCount() - first)];
            byte[] ids = new byte[ends.length * USUAL_ID_BYTES];
            int end = 0;
            boolean isEven = true;
            for (int i = 0; i < ends.length; i++) {
                BytesRef id = values.lookupOrd(first + i);
                if (end + id.length > ids.length) {
                    ids = Arrays.copyOf(ids, Math.max(end + id.length, 2 * ids.length));
                }
                System.arraycopy(id.bytes, id.offset, ids, end, id.length);
                end += id.length;
                ends[i] = end;
                isEven &= end == (i + 1) * ends[0];
            }
            return packed(ids, ends, isEven && end > 0);
        }

        private static byte[] packed(byte[] ids, int[] ends, boolean isEven) {
            int start = isEven ? Integer.BYTES : Integer.BYTES * (1 + ends.length);
            int size = ends[ends.length - 1];
            byte[] block = new byte[start + size];
            INT.set(block, 0, isEven ? ends[0] : 0);
            for (int i = 0; i < ends.length && !isEven; i++) {
                INT.set(block, Integer.BYTES * (1 + i), start + ends[i]);
            }
            System.arraycopy(ids, 0, block, start, size);
            return block;
        }

        /** Points to the id in that place of the block. */
        static void find(byte[] block, int place, int count, BytesRef id) {
            int even = (int) INT.get(block, 0);
            id.bytes = block;
            if (even > 0) {
                id.offset = Integer.BYTES + place * even;
                id.length = even;
            } else {
                int before = Integer.BYTES * place;
                id.offset = place == 0 ? Integer.BYTES * (1 + count) : (int) INT.get(block, before);
                id.length = (int) INT.get(block, before + Integer.BYTES) - id.offset;
            }
        }
    }

    /** One segment's ids for one thread. */
    private final class Kept implements VideoIds.Values {
        private final SortedDocValues values;
        private final Segment segment;
        private final BytesRef id = new BytesRef();

        private Kept(SortedDocValues values, Segment segment) {
            this.values = values;
            this.segment = segment;
        }

        @Override
        public boolean advanceExact(int doc) throws IOException {
            return values.advanceExact(doc);
        }

        @Override
        public BytesRef nextValue() throws IOException {
            int ordinal = values.ordValue();
            int number = ordinal >> BLOCK_BITS;
            byte[] block = segment.blocks.get(number);
            if (block == null) {
                block = Block.read(values, number);
                keep(segment, number, block);
            }
            int count = Math.min(BLOCK, values.getValueCount() - (number << BLOCK_BITS));
            Block.find(block, ordinal & BLOCK - 1, count, id);
            return id;
        }
    }
}
