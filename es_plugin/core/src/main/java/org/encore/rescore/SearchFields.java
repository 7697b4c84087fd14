package org.encore.rescore;

import java.io.IOException;
import java.util.Map;
import org.encore.request.RequestReader;

/** The fields that every object of the search API has which asks the ranker for an order. Gathers them, one object a reader. */
public final class SearchFields {
    /** Their names, for messages. */
    public static final String NAMES = "query, user, context, config, request_id, now";

    static final String QUERY = "query";
    static final String USER = "user";
    static final String CONTEXT = "context";
    static final String CONFIG = "config";
    static final String REQUEST_ID = "request_id";
    static final String NOW = "now";

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

    /**
     * What was taken, checked.
     *
     * @throws IllegalArgumentException a value is wrong or {@code query} is missing
     */
    public FineRankRequest request(String owner) {
        return new FineRankRequest(owner, query, user, context, config, requestId, now);
    }
}
