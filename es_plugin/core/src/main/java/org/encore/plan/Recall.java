package org.encore.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All that is looked for. A video is found by any of {@code found}; its score is
 *
 * <pre>
 * (BM25 + PROXIMITY_BOOST · proximity + Σ entities + VECTOR_BOOST · vector) · (1 + POPULARITY_WEIGHT · popularity)
 * </pre>
 *
 * <p>where a route that is not taken or did not find the video adds nothing. So by words alone it is the ranker's
 * coarse query ({@code ranker/recall/coarse.py}), and with entities its plan query ({@code plan_query.py});
 * {@code tests/contract/plan/boosts.json} holds the constants of all.
 *
 * @param found      what finds
 * @param popularity what multiplies
 * @param filters    what must hold
 */
public record Recall(List<RecallClause> found, RecallClause.Popularity popularity, List<RecallClause.Filter> filters) {
    /** The name of the whole. */
    public static final String NAME = "coarse_score";
    /** The name of all filters, the request's and the plan's. */
    public static final String FILTER = "encore.filter";

    static final String TEXT = "encore.text";
    static final String PROXIMITY = "encore.proximity";
    static final String POPULARITY = "encore.popularity";
    static final String ENTITY = "encore.entity.";
    static final String VECTOR = "encore.vector";

    static final List<String> TEXT_FIELDS = List.of("title", "tags", "uploader");
    static final String PROXIMITY_FIELD = "title.cut";
    static final float PROXIMITY_BOOST = 4;
    /**
     * Characters of the text whose words are looked for: a verse's start finds the verse. About as many terms in three fields,
     * beside 128 names in three fields, stay below the 1,024 clauses that an engine allows a query.
     */
    static final int LOOKED_FOR = 160;
    static final String POPULARITY_FIELD = "popularity";
    static final float POPULARITY_WEIGHT = 0.05f;
    /** The field of the titles' vectors. */
    public static final String VECTOR_FIELD = "title_vector";

    static final float VECTOR_BOOST = 10;
    static final int NEIGHBOURS = 100;
    /** Twice as many are looked at as are wanted: HNSW's own search misses few then. */
    private static final int CANDIDATES = 2 * NEIGHBOURS;

    /** Fewer clauses than this, whatever the plan: it has at most 16 entities of 8 names. */
    public static final int MOST_CLAUSES = 200;

    public Recall {
        found = List.copyOf(found);
        filters = List.copyOf(filters);
    }

    /**
     * What is looked for by a plan; without one (null), or where it has nothing for the routes, by words and
     * what belongs to them alone.
     */
    public static Recall of(RecallRequest asked, QueryPlan plan) {
        List<RecallClause> found = new ArrayList<>();
        if (plan == null || asked.routes().contains(Route.TEXT)) {
            found.add(text(asked.text()));
        }
        List<RecallClause.Filter> filters = new ArrayList<>();
        if (plan != null) {
            if (asked.routes().contains(Route.ENTITY)) {
                found.addAll(entities(plan.entities()));
            }
            if (asked.routes().contains(Route.VECTOR) && plan.vector() != null) {
                found.add(new RecallClause.Vector(VECTOR, VECTOR_FIELD, plan.vector(), NEIGHBOURS, CANDIDATES, VECTOR_BOOST));
            }
            for (QueryPlan.Filter filter : plan.filters()) {
                filters.add(new RecallClause.Filter(FILTER, filter.field(), filter.values()));
            }
        }
        return new Recall(found, new RecallClause.Popularity(POPULARITY, POPULARITY_FIELD, POPULARITY_WEIGHT), filters);
    }

    private static RecallClause.Text text(String text) {
        int characters = Math.min(text.codePointCount(0, text.length()), LOOKED_FOR);
        String start = text.substring(0, text.offsetByCodePoints(0, characters));
        return new RecallClause.Text(
                TEXT, start, TEXT_FIELDS, new RecallClause.Proximity(PROXIMITY, PROXIMITY_FIELD, start, PROXIMITY_BOOST));
    }

    /** One clause a kind, in the order of {@link EntityKind}. */
    private static List<RecallClause> entities(List<QueryPlan.Entity> entities) {
        List<RecallClause> clauses = new ArrayList<>();
        for (EntityKind kind : EntityKind.values()) {
            Map<Long, List<RecallClause.Reading>> places = new LinkedHashMap<>();
            for (QueryPlan.Entity entity : entities) {
                if (entity.kind() == kind) {
                    places.computeIfAbsent((long) entity.start() << 32 | entity.end(), place -> new ArrayList<>())
                            .add(new RecallClause.Reading(entity.names(), fields(kind), (float) (boost(kind) * entity.trust())));
                }
            }
            if (!places.isEmpty()) {
                clauses.add(new RecallClause.Entities(
                        ENTITY + kind.wireName(), places.values().stream().map(RecallClause.Place::new).toList()));
            }
        }
        return clauses;
    }

    /** What an exact entity adds, beside BM25 of 5 to 30. */
    static double boost(EntityKind kind) {
        return switch (kind) {
            case ARTIST, SONG -> 8;
            case STYLE, LANGUAGE -> 4;
            case VERSION -> 2;
        };
    }

    /** Where an entity's names stand. */
    static List<String> fields(EntityKind kind) {
        return kind == EntityKind.ARTIST ? List.of("title", "tags", "uploader") : List.of("title", "tags");
    }

    /** The number of queries that an adapter makes of it, the request's own filters apart. */
    public int clauses() {
        int count = 3 + filters.size(); // The whole, the routes together and the filters together.
        for (RecallClause clause : found) {
            count += switch (clause) {
                case RecallClause.Text text -> 3;
                case RecallClause.Entities entities -> 1
                        + entities.places().stream()
                                .mapToInt(place -> 1
                                        + place.readings().stream()
                                                .mapToInt(reading -> 1 + reading.names().size())
                                                .sum())
                                .sum();
                case RecallClause.Vector vector -> 1;
                case RecallClause.Proximity near -> 1;
                case RecallClause.Popularity popular -> 1;
                case RecallClause.Filter filter -> 1;
            };
        }
        return count;
    }
}
