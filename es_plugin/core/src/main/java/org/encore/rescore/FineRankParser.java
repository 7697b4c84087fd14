package org.encore.rescore;

import java.io.IOException;
import java.util.Map;
import org.encore.request.RequestReader;

/** Reads the object after {@code "fine_rank":}, and refuses what it does not know. */
public final class FineRankParser {
    static final String QUERY = "query";
    static final String USER = "user";
    static final String CONTEXT = "context";
    static final String CONFIG = "config";
    static final String REQUEST_ID = "request_id";
    static final String NOW = "now";

    private FineRankParser() {}

    /**
     * The values of the reader's object.
     *
     * @throws org.encore.request.RequestException it is no {@code fine_rank}
     */
    public static FineRankRequest parse(RequestReader reader) throws IOException {
        String query = null;
        String user = null;
        Map<String, Object> context = Map.of();
        String config = null;
        String requestId = null;
        Long now = null;
        while (reader.nextField()) {
            switch (reader.name()) {
                case QUERY -> query = reader.string();
                case USER -> user = reader.string();
                case CONFIG -> config = reader.string();
                case REQUEST_ID -> requestId = reader.string();
                case NOW -> now = reader.integer();
                case CONTEXT -> context = reader.object();
                default -> throw reader.refused("does not know [" + reader.name()
                        + "]: it takes [query, user, context, config, request_id, now]");
            }
        }
        try {
            return new FineRankRequest(query, user, context, config, requestId, now);
        } catch (IllegalArgumentException e) {
            throw reader.refused(reader.place(), e);
        }
    }
}
