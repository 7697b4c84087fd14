package org.encore.rescore;

import java.util.Map;
import java.util.function.Supplier;
import org.encore.rank.ExpiringCache;

/**
 * Reads an index's {@code _meta}. The clock's offset is remembered per version of the mapping: reading it parses the whole
 * mapping. Thread-safe.
 */
public final class IndexMeta {
    private static final String META = "_meta";
    private static final String GENERATION = "generation";
    private static final String CLOCK_OFFSET = "clock_offset_ms";

    private static final int MAX_INDICES = 1_024;

    /**
     * One version of one index's mapping.
     *
     * @param index          the index's name, for messages
     * @param uuid           tells it from others of the same name
     * @param mappingVersion grows with each change of the mapping
     */
    public record Version(String index, String uuid, long mappingVersion) {}

    private final ExpiringCache<Version, Long> offsets =
            new ExpiringCache<>(MAX_INDICES, MAX_INDICES, Long.MAX_VALUE, offset -> 1, System::nanoTime);

    /**
     * Milliseconds that the catalogue's clock is ahead of the wall clock; 0 where the index doesn't say.
     *
     * @param mapping gives the mapping as JSON values, or null where there is none
     * @throws IllegalArgumentException the index says something that is no integer
     */
    public long clockOffsetMillis(Version version, Supplier<Map<String, Object>> mapping) {
        Long known = offsets.get(version);
        if (known != null) {
            return known;
        }
        long offset = read(version, mapping.get());
        offsets.put(version, offset);
        return offset;
    }

    private static long read(Version version, Map<String, Object> mapping) {
        Object meta = mapping == null ? null : mapping.get(META);
        Object offset = meta instanceof Map<?, ?> map ? map.get(CLOCK_OFFSET) : null;
        if (offset == null) {
            return 0;
        }
        if (offset instanceof Integer || offset instanceof Long) {
            return ((Number) offset).longValue();
        }
        throw new IllegalArgumentException(
                "[_meta." + CLOCK_OFFSET + "] [" + offset + "] of index [" + version.index + "] is no integer");
    }

    /** The generation that a {@code _meta} names; the index's name where it names none. */
    public static String generation(Map<String, Object> meta, String index) {
        Object generation = meta == null ? null : meta.get(GENERATION);
        return generation == null ? index : generation.toString();
    }
}
