package org.encore.rescore;

import java.util.Map;
import java.util.function.Supplier;
import org.encore.rank.ExpiringCache;

/**
 * Reads an index's {@code _meta}. The clock's offset is remembered per version of the mapping: reading it parses the whole
 * mapping. Thread-safe.
 */
public final class IndexMeta {
    /** The field that names a video: a keyword with doc values, equal to {@code _id}. */
    public static final String VIDEO_ID = ShardCandidates.VideoIds.FIELD;

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

    /**
     * What a mapping says of its videos.
     *
     * @param clockOffsetMillis milliseconds that the catalogue's clock is ahead of the wall clock; 0 where the index doesn't say
     * @param generation        the index's name where it names none
     * @param hasVideoIds       whether {@code video_id} is a keyword with doc values
     */
    public record Videos(long clockOffsetMillis, String generation, boolean hasVideoIds) {}

    private final ExpiringCache<Version, Videos> known =
            new ExpiringCache<>(MAX_INDICES, MAX_INDICES, Long.MAX_VALUE, videos -> 1, System::nanoTime);

    /**
     * Milliseconds that the catalogue's clock is ahead of the wall clock; 0 where the index doesn't say.
     *
     * @param mapping gives the mapping as JSON values, or null where there is none
     * @throws IllegalArgumentException the index says something that is no integer
     */
    public long clockOffsetMillis(Version version, Supplier<Map<String, Object>> mapping) {
        return videos(version, mapping).clockOffsetMillis;
    }

    /**
     * What an index says of its videos.
     *
     * @param mapping gives the mapping as JSON values, or null where there is none
     * @throws IllegalArgumentException its clock's offset is no integer
     */
    public Videos videos(Version version, Supplier<Map<String, Object>> mapping) {
        Videos videos = known.get(version);
        if (videos == null) {
            videos = read(version, mapping.get());
            known.put(version, videos);
        }
        return videos;
    }

    private static Videos read(Version version, Map<String, Object> mapping) {
        Map<?, ?> meta = mapping != null && mapping.get(META) instanceof Map<?, ?> map ? map : Map.of();
        Object generation = meta.get(GENERATION);
        return new Videos(
                clockOffset(version, meta),
                generation == null ? version.index : generation.toString(),
                mapping != null && hasVideoIds(mapping));
    }

    private static boolean hasVideoIds(Map<String, Object> mapping) {
        return mapping.get("properties") instanceof Map<?, ?> fields
                && fields.get(VIDEO_ID) instanceof Map<?, ?> field
                && "keyword".equals(field.get("type"))
                && !"false".equals(String.valueOf(field.get("doc_values")));
    }

    private static long clockOffset(Version version, Map<?, ?> meta) {
        Object offset = meta.get(CLOCK_OFFSET);
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
