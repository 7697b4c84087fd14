package org.encore.rescore;

import java.util.Map;
import org.encore.json.JsonReader;
import org.encore.json.JsonWriter;

/**
 * The checked values of one {@code fine_rank} object, or those that another object of the search API shares with it.
 *
 * @param owner     the object's name, with which messages begin
 * @param query     the user's words, not blank
 * @param user      or null
 * @param context   JSON values in the form of {@link JsonReader}; empty where there is none
 * @param config    or null
 * @param requestId or null until it is filled in
 * @param now       UTC milliseconds, or null until it is filled in
 */
public record FineRankRequest(
        String owner,
        String query,
        String user,
        Map<String, Object> context,
        String config,
        String requestId,
        Long now) {
    /** As the ranker's wire has them. */
    static final int MAX_QUERY_CHARACTERS = 1_000;
    static final int MAX_NAME_CHARACTERS = 256;
    /** An id travels in a response header and in events' URLs: characters that need no escape there. */
    static final int MAX_ID_CHARACTERS = 128;
    static final int MAX_CONTEXT_CHARACTERS = 4_096;
    /** Largest integer that every JSON reader keeps exact. */
    static final long MAX_NOW = (1L << 53) - 1;

    /** Those of a {@code fine_rank}. */
    public FineRankRequest(
            String query, String user, Map<String, Object> context, String config, String requestId, Long now) {
        this(FineRankParser.OWNER, query, user, context, config, requestId, now);
    }

    public FineRankRequest {
        if (query == null) {
            throw new IllegalArgumentException("[" + owner + "] needs [query]: the words that are searched for");
        }
        if (query.isBlank()) {
            throw new IllegalArgumentException("[" + owner + "] [query] [" + query + "] is blank: say what is searched for");
        }
        checkLength(owner, "query", query, MAX_QUERY_CHARACTERS);
        checkName(owner, "user", user);
        checkName(owner, "config", config);
        checkRequestId(owner, requestId);
        if (now != null && (now < 0 || now > MAX_NOW)) {
            throw new IllegalArgumentException("[" + owner + "] [now] [" + now + "] is no time in UTC milliseconds");
        }
        int characters = context.isEmpty() ? 0 : JsonWriter.write(context).length();
        if (characters > MAX_CONTEXT_CHARACTERS) {
            throw new IllegalArgumentException("[" + owner + "] [context] of [" + characters
                    + "] characters exceeds the limit of [" + MAX_CONTEXT_CHARACTERS + "]");
        }
    }

    private static void checkName(String owner, String field, String value) {
        if (value == null) {
            return;
        }
        if (value.isEmpty()) {
            throw new IllegalArgumentException("[" + owner + "] [" + field + "] [] is empty: leave it out");
        }
        checkLength(owner, field, value, MAX_NAME_CHARACTERS);
    }

    private static void checkRequestId(String owner, String value) {
        if (value == null) {
            return;
        }
        checkLength(owner, "request_id", value, MAX_ID_CHARACTERS);
        boolean safe = !value.isEmpty() && value.chars().allMatch(FineRankRequest::isSafe);
        if (!safe) {
            throw new IllegalArgumentException("[" + owner + "] [request_id] [" + value
                    + "] must be letters a-z A-Z, digits and any of [-_.~], as it travels in headers and URLs");
        }
    }

    private static boolean isSafe(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "-_.~".indexOf(c) >= 0;
    }

    private static void checkLength(String owner, String field, String value, int limit) {
        int characters = value.codePointCount(0, value.length());
        if (characters > limit) {
            throw new IllegalArgumentException("[" + owner + "] [" + field + "] of [" + characters
                    + "] characters exceeds the limit of [" + limit + "]");
        }
    }

    /** Whether id and time are set. */
    public boolean isIdentified() {
        return requestId != null && now != null;
    }

    /** The same request with a fresh id and that time, each where it is missing. */
    public FineRankRequest identified(long nowMillis) {
        return new FineRankRequest(
                owner,
                query,
                user,
                context,
                config,
                requestId != null ? requestId : FreshId.next(),
                now != null ? now : Long.valueOf(nowMillis));
    }

    /** What is set, under the names of the search API. */
    public Map<String, Object> toMap() {
        return SearchFields.toMap(query, user, context, config, requestId, now);
    }

    /** The context as JSON text, for the wire between nodes. */
    public String contextJson() {
        return JsonWriter.write(context);
    }

    /** What {@link #contextJson} wrote. */
    @SuppressWarnings("unchecked") // An object was written.
    public static Map<String, Object> contextOf(String json) {
        return (Map<String, Object>) JsonReader.parse(json);
    }
}
