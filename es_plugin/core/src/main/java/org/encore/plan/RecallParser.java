package org.encore.plan;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.encore.request.Place;
import org.encore.request.RequestReader;
import org.encore.request.RequestReader.Kind;

/** Reads the object after {@code "encore":}; what it does not know it refuses, naming place and value. */
public final class RecallParser {
    /** The clause's name in requests and on the wire. */
    public static final String NAME = "encore";
    /** Most queries of {@code filter}. */
    public static final int MOST_FILTERS = 64;

    public static final String TEXT = "text";
    public static final String USER = "user";
    public static final String CONTEXT = "context";
    public static final String ROUTES = "routes";
    public static final String FILTER = "filter";

    private static final String BOOST = "boost";
    private static final String QUERY_NAME = "_name";

    /** Why a clause that reaches a shard is refused. */
    public static final String UNPLANNED = "[encore] gets its plan while the coordinating node rewrites a search, and stands"
            + " here where that cannot be done: a stored query or an alias's filter takes ordinary queries only";

    /** Why a clause that chooses what is written is refused. */
    public static final String UNSTEADY = "[encore] cannot choose the documents of a [by query] write: what it finds depends"
            + " on the ranker's health; search with it and write by ids, or use ordinary queries";

    /** Set while a clause's filters are read. Clause within clause would be one wait for the ranker after the other. */
    private static final ThreadLocal<Boolean> WITHIN_FILTER = new ThreadLocal<>();

    private RecallParser() {}

    /** What only an engine's own parser can read; it stands at the value. */
    public interface Engine {
        /** The array that starts here, read to its end. */
        List<Object> list() throws IOException;

        /** Goes to the next item of an array of objects; false at its end. */
        boolean nextItem() throws IOException;

        /** Reads the query that starts here, and keeps it. */
        void query() throws IOException;
    }

    /**
     * A clause with what every query of the search API has.
     *
     * @param boost at least 0
     * @param name  for {@code matched_queries}, or null
     */
    public record Parsed(RecallRequest request, float boost, String name) {}

    /**
     * Reads up to the end of the reader's object.
     *
     * @throws org.encore.request.RequestException it is no {@code encore}
     */
    public static Parsed parse(RequestReader reader, Engine engine) throws IOException {
        Place start = reader.place();
        if (WITHIN_FILTER.get() != null) {
            throw reader.refused(start, "cannot stand within the [" + FILTER + "] of another [" + NAME + "]: put both into one [bool]");
        }
        String text = null;
        String user = null;
        Map<String, Object> context = Map.of();
        Set<Route> routes = Route.all();
        float boost = 1;
        String name = null;
        while (reader.nextField()) {
            switch (reader.name()) {
                case TEXT -> text = reader.string();
                case USER -> user = reader.string();
                case CONTEXT -> context = reader.object();
                case ROUTES -> routes = routes(reader, engine);
                case FILTER -> filter(reader, engine);
                case BOOST -> boost = boost(reader);
                case QUERY_NAME -> name = reader.string();
                default -> throw reader.refused("does not know [" + PlanFields.shown(reader.name())
                        + "]: it takes [text, user, context, routes, filter, boost, _name]");
            }
        }
        try {
            return new Parsed(new RecallRequest(text, user, context, routes), boost, name);
        } catch (IllegalArgumentException e) {
            throw reader.refused(start, e);
        }
    }

    private static Set<Route> routes(RequestReader reader, Engine engine) throws IOException {
        if (reader.kind() != Kind.ARRAY) {
            throw reader.refused("[" + ROUTES + "] must be an array of names, got [" + reader.shown() + "]");
        }
        Place start = reader.place();
        List<String> names = new ArrayList<>();
        for (Object item : engine.list()) {
            if (!(item instanceof String route)) {
                throw reader.refused(start, "[" + ROUTES + "] must be an array of names, got [" + PlanFields.shown(item) + "] in it");
            }
            names.add(route);
        }
        try {
            return Route.named(names);
        } catch (IllegalArgumentException e) {
            throw reader.refused(start, e);
        }
    }

    private static void filter(RequestReader reader, Engine engine) throws IOException {
        if (reader.kind() == Kind.OBJECT) {
            query(engine);
            return;
        }
        if (reader.kind() != Kind.ARRAY) {
            throw reader.refused("[" + FILTER + "] must be a query or an array of queries, got [" + reader.shown() + "]");
        }
        for (int count = 1; engine.nextItem(); count++) {
            if (reader.kind() != Kind.OBJECT) {
                throw reader.refused("[" + FILTER + "] must be an array of queries, got [" + reader.shown() + "] in it");
            }
            if (count > MOST_FILTERS) {
                throw reader.refused("[" + FILTER + "] has more than [" + MOST_FILTERS + "] queries: put them into one [bool]");
            }
            query(engine);
        }
    }

    private static void query(Engine engine) throws IOException {
        WITHIN_FILTER.set(Boolean.TRUE);
        try {
            engine.query();
        } finally {
            WITHIN_FILTER.remove();
        }
    }

    private static float boost(RequestReader reader) throws IOException {
        float value = reader.number();
        if (value < 0) {
            throw reader.refused("[" + BOOST + "] must be at least 0, got [" + reader.shown() + "]");
        }
        return value;
    }
}
