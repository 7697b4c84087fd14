package org.encore.rank;

import java.util.LinkedHashMap;
import java.util.Map;
import org.encore.json.JsonWriter;

/**
 * Who searches for what and when: the meta of a scoring request.
 *
 * @param requestId  the search's id, quoted by impressions, clicks and plays
 * @param query      the user's words
 * @param user       null where nobody is logged in
 * @param context    device, page…; JSON values only
 * @param config     name of a ranking configuration, or null for the ranker's default
 * @param now        UTC milliseconds on the catalogue's clock
 * @param index      the index that this shard belongs to
 * @param generation the index's generation: columns, dictionary and encoder built together
 * @param shard      number of the shard within the index; 0 for a global window
 * @param stage      whose candidates are sent
 */
public record SearchIdentity(
        String requestId,
        String query,
        String user,
        Map<String, Object> context,
        String config,
        long now,
        String index,
        String generation,
        int shard,
        Stage stage) {

    /** Whose candidates a scoring call has. */
    public enum Stage {
        /** One shard's: a candidate's score may not depend on the others. */
        SHARD("shard"),
        /** The whole search's window: the ranker sees the list. */
        GLOBAL("global");

        private final String wireName;

        Stage(String wireName) {
            this.wireName = wireName;
        }

        /** The name that the wire and the log of snapshots have. */
        public String wireName() {
            return wireName;
        }
    }

    /** The identity of a search towards one shard's candidates. */
    public SearchIdentity(
            String requestId,
            String query,
            String user,
            Map<String, Object> context,
            String config,
            long now,
            String index,
            String generation,
            int shard) {
        this(requestId, query, user, context, config, now, index, generation, shard, Stage.SHARD);
    }

    /** The meta as JSON; what is missing is left out. */
    String toJson() {
        Map<String, Object> meta = new LinkedHashMap<>();
        meta.put("request_id", requestId);
        meta.put("query", query);
        if (user != null) {
            meta.put("user", user);
        }
        if (context != null && !context.isEmpty()) {
            meta.put("context", context);
        }
        if (config != null) {
            meta.put("config", config);
        }
        meta.put("now", now);
        meta.put("index", index);
        meta.put("generation", generation);
        meta.put("shard", shard);
        if (stage != Stage.SHARD) {
            meta.put("stage", stage.wireName());
        }
        return JsonWriter.write(meta);
    }
}
