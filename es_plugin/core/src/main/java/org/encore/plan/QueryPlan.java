package org.encore.plan;

import java.util.List;

/**
 * What a text asks for, as the ranker's {@code /v1/understand} says it: schema 1.
 *
 * <p>It says what to look for, never how. Lengths count code points; offsets are code points of the original text.
 * Immutable; the vector is not copied, so don't write to it.
 *
 * @param generation the generation that it was made for
 * @param versions   what it was made by
 * @param normalized the text after normalisation
 * @param segments   the text's terms, at most {@value #MOST_SEGMENTS}
 * @param entities   what the text names, at most {@value #MOST_ENTITIES}
 * @param filters    what must hold of a video, at most {@value #MOST_FILTERS}
 * @param vector     the text's unit vector, (dimensions,), or null where none was asked for
 */
public record QueryPlan(
        String generation,
        Versions versions,
        String normalized,
        List<Segment> segments,
        List<Entity> entities,
        List<Filter> filters,
        float[] vector) {
    /** The only schema that is read; a field more, or another meaning of one, is another schema. */
    public static final int SCHEMA = 1;

    /** Most code points of a text; offsets reach no further. */
    public static final int MOST_CHARACTERS = 512;

    static final int MOST_SEGMENTS = 32;
    static final int MOST_ENTITIES = 16;
    static final int MOST_NAMES = 8;
    static final int MOST_FILTERS = 8;
    static final int MOST_VALUES = 64;
    static final int MOST_NAME_CHARACTERS = 256;
    /** NFKC makes up to 18 characters of one. */
    static final int MOST_NORMALIZED_CHARACTERS = 16_384;

    static final int MOST_DIMENSIONS = 4_096;
    /** ln of the number of documents stays far below. */
    static final double MOST_WEIGHT = 100;
    /** Of a vector's length, from float32. */
    static final double UNIT_TOLERANCE = 1e-3;

    public QueryPlan {
        segments = List.copyOf(segments);
        entities = List.copyOf(entities);
        filters = List.copyOf(filters);
    }

    /**
     * Reads the answer of {@code /v1/understand}.
     *
     * @throws PlanException it is no JSON or not exactly a plan of this schema
     */
    public static QueryPlan read(byte[] body) throws PlanException {
        return PlanReader.read(body);
    }

    /** What a plan was made by; {@code encoder} is empty where the generation has none. */
    public record Versions(String dictionary, String configuration, String encoder) {}

    /** A term of the text as the index's words are cut, and its inverse document frequency, at least 0. */
    public record Segment(String term, int start, int end, double weight) {}

    /**
     * One thing that the text names.
     *
     * @param id      an artist's or song's id, a version's kind, a style, a language
     * @param surface what stands for it in the text, normalised
     * @param names   what to look for in the index, normalised, the best first, 1 to {@value QueryPlan#MOST_NAMES}
     * @param trust   1 for an exact name, less for a guess from sound, slip or lyrics
     * @param alias   whether the surface is another name than the first
     */
    public record Entity(
            EntityKind kind, String id, String surface, List<String> names, int start, int end, double trust, boolean alias) {
        public Entity {
            names = List.copyOf(names);
        }
    }

    /** Only videos with one of the values in that field of the index. */
    public record Filter(String field, List<String> values) {
        public Filter {
            values = List.copyOf(values);
        }
    }
}
