package org.encore.elasticsearch.rescore;

import java.util.Map;
import org.elasticsearch.cluster.metadata.IndexMetadata;
import org.elasticsearch.cluster.metadata.MappingMetadata;
import org.encore.rank.ExpiringCache;

/**
 * Reads the clock's offset from an index's {@code _meta}, on any node, and remembers it per version of the mapping:
 * reading parses the whole mapping. Thread-safe.
 */
final class IndexMeta {
    static final String GENERATION = "generation";
    static final String CLOCK_OFFSET = "clock_offset_ms";

    private static final int MAX_INDICES = 1_024;

    private record Version(String uuid, long mappingVersion) {}

    private final ExpiringCache<Version, Long> offsets =
            new ExpiringCache<>(MAX_INDICES, MAX_INDICES, Long.MAX_VALUE, offset -> 1, System::nanoTime);

    /**
     * Milliseconds that the catalogue's clock is ahead of the wall clock; 0 where the index doesn't say.
     *
     * @throws IllegalArgumentException the index says something that is no integer
     */
    long clockOffsetMillis(IndexMetadata index) {
        Version version = new Version(index.getIndexUUID(), index.getMappingVersion());
        Long known = offsets.get(version);
        if (known != null) {
            return known;
        }
        long offset = read(index);
        offsets.put(version, offset);
        return offset;
    }

    private static long read(IndexMetadata index) {
        MappingMetadata mapping = index.mapping();
        Object meta = mapping == null ? null : mapping.sourceAsMap().get("_meta");
        Object offset = meta instanceof Map<?, ?> map ? map.get(CLOCK_OFFSET) : null;
        if (offset == null) {
            return 0;
        }
        if (offset instanceof Integer || offset instanceof Long) {
            return ((Number) offset).longValue();
        }
        throw new IllegalArgumentException("[_meta." + CLOCK_OFFSET + "] [" + offset + "] of index ["
                + index.getIndex().getName() + "] is no integer");
    }
}
