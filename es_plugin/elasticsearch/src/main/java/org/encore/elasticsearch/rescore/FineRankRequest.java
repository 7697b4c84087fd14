package org.encore.elasticsearch.rescore;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.elasticsearch.common.UUIDs;
import org.elasticsearch.common.io.stream.StreamInput;
import org.elasticsearch.common.io.stream.StreamOutput;
import org.encore.json.JsonReader;
import org.encore.json.JsonWriter;

/**
 * The checked values of one {@code fine_rank} object.
 *
 * @param query     the user's words, not blank
 * @param user      or null
 * @param context   JSON values in the form of {@link JsonReader}; empty where there is none
 * @param config    or null
 * @param requestId or null until it is filled in
 * @param now       UTC milliseconds, or null until it is filled in
 */
record FineRankRequest(
        String query, String user, Map<String, Object> context, String config, String requestId, Long now) {
    /** As the ranker's wire has them. */
    static final int MAX_QUERY_CHARACTERS = 1_000;
    static final int MAX_NAME_CHARACTERS = 256;
    /** An id travels in a response header and in events' URLs: characters that need no escape there. */
    static final int MAX_ID_CHARACTERS = 128;
    static final int MAX_CONTEXT_CHARACTERS = 4_096;
    /** Largest integer that every JSON reader keeps exact. */
    static final long MAX_NOW = (1L << 53) - 1;

    FineRankRequest {
        if (query == null) {
            throw new IllegalArgumentException("[fine_rank] needs [query]: the words that are searched for");
        }
        if (query.isBlank()) {
            throw new IllegalArgumentException("[fine_rank] [query] [" + query + "] is blank: say what is searched for");
        }
        checkLength("query", query, MAX_QUERY_CHARACTERS);
        checkName("user", user);
        checkName("config", config);
        checkRequestId(requestId);
        if (now != null && (now < 0 || now > MAX_NOW)) {
            throw new IllegalArgumentException("[fine_rank] [now] [" + now + "] is no time in UTC milliseconds");
        }
        int characters = context.isEmpty() ? 0 : JsonWriter.write(context).length();
        if (characters > MAX_CONTEXT_CHARACTERS) {
            throw new IllegalArgumentException("[fine_rank] [context] of [" + characters
                    + "] characters exceeds the limit of [" + MAX_CONTEXT_CHARACTERS + "]");
        }
    }

    private static void checkName(String field, String value) {
        if (value == null) {
            return;
        }
        if (value.isEmpty()) {
            throw new IllegalArgumentException("[fine_rank] [" + field + "] [] is empty: leave it out");
        }
        checkLength(field, value, MAX_NAME_CHARACTERS);
    }

    private static void checkRequestId(String value) {
        if (value == null) {
            return;
        }
        checkLength("request_id", value, MAX_ID_CHARACTERS);
        boolean safe = !value.isEmpty() && value.chars().allMatch(FineRankRequest::isSafe);
        if (!safe) {
            throw new IllegalArgumentException("[fine_rank] [request_id] [" + value
                    + "] must be letters a-z A-Z, digits and any of [-_.~], as it travels in headers and URLs");
        }
    }

    private static boolean isSafe(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "-_.~".indexOf(c) >= 0;
    }

    private static void checkLength(String field, String value, int limit) {
        int characters = value.codePointCount(0, value.length());
        if (characters > limit) {
            throw new IllegalArgumentException("[fine_rank] [" + field + "] of [" + characters
                    + "] characters exceeds the limit of [" + limit + "]");
        }
    }

    /** Whether id and time are set. */
    boolean isIdentified() {
        return requestId != null && now != null;
    }

    /** The same request with a fresh id and that time, each where it is missing. */
    FineRankRequest identified(long nowMillis) {
        return new FineRankRequest(
                query,
                user,
                context,
                config,
                requestId != null ? requestId : UUIDs.base64UUID(),
                now != null ? now : Long.valueOf(nowMillis));
    }

    /** What is set, under the names of the search API. */
    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put(FineRankParser.QUERY, query);
        putIfSet(map, FineRankParser.USER, user);
        putIfSet(map, FineRankParser.CONTEXT, context.isEmpty() ? null : context);
        putIfSet(map, FineRankParser.CONFIG, config);
        putIfSet(map, FineRankParser.REQUEST_ID, requestId);
        putIfSet(map, FineRankParser.NOW, now);
        return map;
    }

    private static void putIfSet(Map<String, Object> map, String name, Object value) {
        if (value != null) {
            map.put(name, value);
        }
    }

    void writeTo(StreamOutput out) throws IOException {
        out.writeString(query);
        out.writeOptionalString(user);
        out.writeString(JsonWriter.write(context));
        out.writeOptionalString(config);
        out.writeOptionalString(requestId);
        out.writeOptionalLong(now);
    }

    @SuppressWarnings("unchecked") // The other node's writeTo wrote an object.
    static FineRankRequest readFrom(StreamInput in) throws IOException {
        return new FineRankRequest(
                in.readString(),
                in.readOptionalString(),
                (Map<String, Object>) JsonReader.parse(in.readString()),
                in.readOptionalString(),
                in.readOptionalString(),
                in.readOptionalLong());
    }
}
