package org.encore.plan;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.encore.json.JsonException;
import org.encore.json.JsonReader;
import org.encore.plan.QueryPlan.Entity;
import org.encore.plan.QueryPlan.Filter;
import org.encore.plan.QueryPlan.Segment;
import org.encore.plan.QueryPlan.Versions;

/** Reads a plan as strictly as the ranker writes it; {@code tests/contract/plan} holds plans that both sides read. */
final class PlanReader {
    /** The fields that a plan may filter by: those that hold names, normalised, whole. */
    private static final Set<String> FILTER_FIELDS = Set.of("tags.keyword", "uploader.keyword");

    private static final PlanFields.Item<Object> NOTHING = (item, where) -> item;

    private PlanReader() {}

    static QueryPlan read(byte[] body) throws PlanException {
        PlanFields fields = PlanFields.of(json(body), "");
        fields.integer("schema", QueryPlan.SCHEMA, QueryPlan.SCHEMA);
        String generation = label(fields, "generation");
        Versions versions = versions(fields.object("versions"));
        String normalized = fields.string("normalized", 0, QueryPlan.MOST_NORMALIZED_CHARACTERS);
        List<Segment> segments = fields.list("segments", 0, QueryPlan.MOST_SEGMENTS, PlanReader::segment);
        List<Entity> entities = fields.list("entities", 0, QueryPlan.MOST_ENTITIES, PlanReader::entity);
        fields.list("rewrites", 0, 0, NOTHING);
        fields.list("personal", 0, 0, NOTHING);
        List<Filter> filters = fields.list("filters", 0, QueryPlan.MOST_FILTERS, PlanReader::filter);
        float[] vector = fields.has("vector") ? vector(fields) : null;
        fields.end();
        return new QueryPlan(generation, versions, normalized, segments, entities, filters, vector);
    }

    private static Object json(byte[] body) throws PlanException {
        try {
            return JsonReader.parse(
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString());
        } catch (CharacterCodingException e) {
            throw PlanFields.wrong("", "the body is no UTF-8");
        } catch (JsonException e) {
            throw PlanFields.wrong("", "the body is no JSON: " + e.getMessage());
        }
    }

    private static Versions versions(PlanFields fields) throws PlanException {
        Versions versions =
                new Versions(label(fields, "dictionary"), label(fields, "configuration"), label(fields, "encoder"));
        fields.end();
        return versions;
    }

    private static Segment segment(Object item, String where) throws PlanException {
        PlanFields fields = PlanFields.of(item, where);
        int start = offset(fields, "start");
        int end = offset(fields, "end");
        Segment segment = new Segment(name(fields, "term"), start, end, fields.number("weight", 0, QueryPlan.MOST_WEIGHT));
        fields.end();
        checkSpan(start, end, where);
        return segment;
    }

    private static Entity entity(Object item, String where) throws PlanException {
        PlanFields fields = PlanFields.of(item, where);
        String kindName = fields.string("kind", 0, QueryPlan.MOST_NAME_CHARACTERS);
        EntityKind kind = EntityKind.named(kindName);
        if (kind == null) {
            throw PlanFields.wrong(fields.at("kind"), "is the unknown kind [" + PlanFields.shown(kindName) + "]");
        }
        int start = offset(fields, "start");
        int end = offset(fields, "end");
        double trust = fields.number("trust", 0, 1);
        if (trust == 0) {
            throw PlanFields.wrong(fields.at("trust"), "is [0], not above it");
        }
        List<String> names = fields.list(
                "names",
                1,
                QueryPlan.MOST_NAMES,
                (name, at) -> PlanFields.string(name, at, 1, QueryPlan.MOST_NAME_CHARACTERS));
        Entity entity = new Entity(
                kind, name(fields, "id"), name(fields, "surface"), names, start, end, trust, fields.flag("alias"));
        fields.end();
        checkSpan(start, end, where);
        return entity;
    }

    private static Filter filter(Object item, String where) throws PlanException {
        PlanFields fields = PlanFields.of(item, where);
        String field = fields.string("field", 0, QueryPlan.MOST_NAME_CHARACTERS);
        if (!FILTER_FIELDS.contains(field)) {
            throw PlanFields.wrong(fields.at("field"), "is [" + PlanFields.shown(field) + "], which no plan filters by");
        }
        List<String> values = fields.list(
                "values",
                1,
                QueryPlan.MOST_VALUES,
                (value, at) -> PlanFields.string(value, at, 1, QueryPlan.MOST_NAME_CHARACTERS));
        fields.end();
        return new Filter(field, values);
    }

    private static String name(PlanFields fields, String field) throws PlanException {
        return fields.string(field, 1, QueryPlan.MOST_NAME_CHARACTERS);
    }

    /** A name that may be empty. */
    private static String label(PlanFields fields, String field) throws PlanException {
        return fields.string(field, 0, QueryPlan.MOST_NAME_CHARACTERS);
    }

    private static int offset(PlanFields fields, String field) throws PlanException {
        return fields.integer(field, 0, QueryPlan.MOST_CHARACTERS);
    }

    private static void checkSpan(int start, int end, String where) throws PlanException {
        if (start >= end) {
            throw PlanFields.wrong(where, "start [" + start + "] is not before end [" + end + "]");
        }
    }

    private static float[] vector(PlanFields fields) throws PlanException {
        String encoded = fields.string("vector", 0, Integer.MAX_VALUE);
        byte[] bytes;
        try {
            if (encoded.length() % 4 != 0) {
                throw new IllegalArgumentException("[" + encoded.length() + "] characters are no multiple of [4]");
            }
            bytes = Base64.getDecoder().decode(encoded);
        } catch (IllegalArgumentException e) {
            throw PlanFields.wrong("vector", "is no base64: " + e.getMessage());
        }
        if (bytes.length == 0 || bytes.length % Float.BYTES != 0 || bytes.length > Float.BYTES * QueryPlan.MOST_DIMENSIONS) {
            throw PlanFields.wrong(
                    "vector", "[" + bytes.length + "] bytes are not [1] to [" + QueryPlan.MOST_DIMENSIONS + "] floats of [4] bytes");
        }
        float[] vector = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(vector);
        double squares = 0;
        for (float value : vector) {
            squares += (double) value * value;
        }
        double length = Math.sqrt(squares);
        if (!(Math.abs(length - 1) <= QueryPlan.UNIT_TOLERANCE)) { // A NaN fails too.
            throw PlanFields.wrong("vector", "its length [" + length + "] is not [1]");
        }
        return vector;
    }
}
