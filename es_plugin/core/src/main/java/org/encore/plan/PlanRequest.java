package org.encore.plan;

import java.util.LinkedHashMap;
import java.util.Map;
import org.encore.json.JsonWriter;

/**
 * One call of {@code /v1/understand}.
 *
 * @param asked      the clause
 * @param target     whose plan it is to be; its generation is set
 * @param withVector whether the plan shall carry the text's vector
 * @param requestId  the search's id
 * @param now        UTC milliseconds on the catalogue's clock, or null
 */
public record PlanRequest(RecallRequest asked, PlanTarget target, boolean withVector, String requestId, Long now) {
    /** The body of the call; what is missing is left out. */
    public String toJson() {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("text", asked.text());
        if (asked.user() != null) {
            body.put("user", asked.user());
        }
        if (!asked.context().isEmpty()) {
            body.put("context", asked.context());
        }
        Map<String, Object> options = new LinkedHashMap<>();
        // The route alone would have the ranker make a vector that the index has no place for.
        options.put(
                "routes",
                asked.routes().stream()
                        .filter(route -> route != Route.VECTOR || withVector)
                        .map(Route::wireName)
                        .toList());
        options.put("vector", withVector);
        body.put("options", options);
        body.put("index", target.index());
        body.put("generation", target.generation());
        body.put("request_id", requestId);
        if (now != null) {
            body.put("now", now);
        }
        return JsonWriter.write(body);
    }
}
