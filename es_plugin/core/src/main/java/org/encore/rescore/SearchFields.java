package org.encore.rescore;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.encore.plan.RecallRequest;
import org.encore.request.RequestReader;

/** The fields that every object of the search API has which asks the ranker for an order. Gathers them, one object a reader. */
public final class SearchFields {
    /** Their names, for messages. */
    public static final String NAMES = "query, user, context, config, request_id, now";

    private static final String QUERY = "query";
    private static final String USER = "user";
    private static final String CONTEXT = "context";
    private static final String CONFIG = "config";
    private static final String REQUEST_ID = "request_id";
    private static final String NOW = "now";

    private String query;
    private String user;
    private Map<String, Object> context = Map.of();
    private String config;
    private String requestId;
    private Long now;

    /** Takes the reader's field if it is one of these; else leaves it where it is and says no. */
    public boolean take(RequestReader reader) throws IOException {
        switch (reader.name()) {
            case QUERY -> query = reader.string();
            case USER -> user = reader.string();
            case CONFIG -> config = reader.string();
            case REQUEST_ID -> requestId = reader.string();
            case NOW -> now = reader.integer();
            case CONTEXT -> context = reader.object();
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Those that a clause for recall says of the same search. */
    public static SearchFields of(RecallRequest recall) {
        SearchFields fields = new SearchFields();
        fields.query = recall.text();
        fields.user = recall.user();
        fields.context = recall.context();
        return fields;
    }

    /** Takes each value that is missing from there. */
    public void fillFrom(SearchFields other) {
        query = query != null ? query : other.query;
        user = user != null ? user : other.user;
        context = !context.isEmpty() ? context : other.context;
        config = config != null ? config : other.config;
        requestId = requestId != null ? requestId : other.requestId;
        now = now != null ? now : other.now;
    }

    /** Whether it is said what is searched for. */
    public boolean hasQuery() {
        return query != null;
    }

    /** What was taken, under the fields' names. */
    public Map<String, Object> toMap() {
        return toMap(query, user, context, config, requestId, now);
    }

    static Map<String, Object> toMap(
            String query, String user, Map<String, Object> context, String config, String requestId, Long now) {
        Map<String, Object> map = new LinkedHashMap<>();
        putIfSet(map, QUERY, query);
        putIfSet(map, USER, user);
        putIfSet(map, CONTEXT, context.isEmpty() ? null : context);
        putIfSet(map, CONFIG, config);
        putIfSet(map, REQUEST_ID, requestId);
        putIfSet(map, NOW, now);
        return map;
    }

    private static void putIfSet(Map<String, Object> map, String name, Object value) {
        if (value != null) {
            map.put(name, value);
        }
    }

    /**
     * What was taken, checked.
     *
     * @throws IllegalArgumentException a value is wrong or {@code query} is missing
     */
    public FineRankRequest request(String owner) {
        return new FineRankRequest(owner, query, user, context, config, requestId, now);
    }
}
