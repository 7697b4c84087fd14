package org.encore.plan;

import java.util.Map;
import java.util.function.Supplier;
import org.encore.rank.ExpiringCache;
import org.encore.rescore.IndexMeta;

/**
 * Reads from indices' mappings what a plan needs to know of them, and remembers it per version of the mapping: reading
 * parses the whole mapping. Thread-safe.
 */
public final class PlanIndices {
    private static final int MAX_INDICES = 1_024;

    private final ExpiringCache<IndexMeta.Version, PlanTarget.Index> indices =
            new ExpiringCache<>(MAX_INDICES, MAX_INDICES, Long.MAX_VALUE, index -> 1, System::nanoTime);

    /**
     * What the index says of itself.
     *
     * @param mapping gives the mapping as JSON values, or null where there is none
     */
    public PlanTarget.Index of(IndexMeta.Version version, Supplier<Map<String, Object>> mapping) {
        PlanTarget.Index known = indices.get(version);
        if (known == null) {
            known = read(version.index(), mapping.get());
            indices.put(version, known);
        }
        return known;
    }

    static PlanTarget.Index read(String name, Map<String, Object> mapping) {
        Map<?, ?> meta = object(mapping, "_meta");
        Object generation = meta.get("generation");
        Object offset = meta.get("clock_offset_ms");
        Map<?, ?> vector = object(object(mapping, "properties"), Recall.VECTOR_FIELD);
        // The engines' names for the same.
        Object dimensions = vector.containsKey("dims") ? vector.get("dims") : vector.get("dimension");
        return new PlanTarget.Index(
                name,
                generation == null ? null : generation.toString(),
                dimensions instanceof Integer number ? number : 0,
                offset == null ? Long.valueOf(0) : offset instanceof Integer || offset instanceof Long ? ((Number) offset).longValue() : null);
    }

    private static Map<?, ?> object(Map<?, ?> parent, String field) {
        return parent != null && parent.get(field) instanceof Map<?, ?> map ? map : Map.of();
    }
}
