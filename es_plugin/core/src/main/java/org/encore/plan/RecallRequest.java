package org.encore.plan;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.encore.json.JsonWriter;

/**
 * The checked values of one {@code encore} clause, its filters apart.
 *
 * @param text    the user's words, not blank, at most {@value QueryPlan#MOST_CHARACTERS} code points
 * @param user    or null
 * @param context JSON values; empty where there is none
 * @param routes  by which videos are to be found, at least one
 */
public record RecallRequest(String text, String user, Map<String, Object> context, Set<Route> routes) {
    private static final int MOST_USER_CHARACTERS = 256;
    private static final int MOST_CONTEXT_CHARACTERS = 4_096;

    /** Checks the values; an {@link IllegalArgumentException} says what is wrong. */
    public RecallRequest {
        if (text == null) {
            throw new IllegalArgumentException("[encore] needs [text]: the words that are searched for");
        }
        if (text.isBlank()) {
            throw new IllegalArgumentException("[encore] [text] [" + text + "] is blank: say what is searched for");
        }
        checkLength("text", text, QueryPlan.MOST_CHARACTERS);
        if (user != null) {
            if (user.isEmpty()) {
                throw new IllegalArgumentException("[encore] [user] [] is empty: leave it out");
            }
            checkLength("user", user, MOST_USER_CHARACTERS);
        }
        if (!context.isEmpty()) {
            checkLength("context", JsonWriter.write(context), MOST_CONTEXT_CHARACTERS);
        }
        routes = EnumSet.copyOf(routes);
    }

    private static void checkLength(String field, String value, int limit) {
        int characters = value.codePointCount(0, value.length());
        if (characters > limit) {
            throw new IllegalArgumentException("[encore] [" + field + "] of [" + characters
                    + "] characters exceeds the limit of [" + limit + "]");
        }
    }

    /** Whether anything but the words themselves is to be looked for, so that a plan is needed. */
    public boolean needsPlan() {
        return routes.contains(Route.ENTITY) || routes.contains(Route.VECTOR);
    }

    /** The names of the routes, in order. */
    public List<String> routeNames() {
        return routes.stream().map(Route::wireName).toList();
    }
}
