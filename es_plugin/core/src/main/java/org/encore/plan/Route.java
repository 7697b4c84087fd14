package org.encore.plan;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** A way by which videos are found. */
public enum Route {
    /** By the text's words. */
    TEXT("text"),
    /** By the names of what the text names. */
    ENTITY("entity"),
    /** By the nearness of titles' meanings. */
    VECTOR("vector");

    private static final String KNOWN = "[text, entity, vector]";

    private final String wireName;

    Route(String wireName) {
        this.wireName = wireName;
    }

    /** The name that requests use. */
    public String wireName() {
        return wireName;
    }

    /** All of them, in order. */
    public static Set<Route> all() {
        return EnumSet.allOf(Route.class);
    }

    /**
     * The routes of those names.
     *
     * @throws IllegalArgumentException there is none, an unknown one, or one twice; the message says so after
     *     {@code [encore] [routes]}
     */
    public static Set<Route> named(List<String> names) {
        Set<Route> routes = EnumSet.noneOf(Route.class);
        for (String name : names) {
            Route route = null;
            for (Route known : values()) {
                if (known.wireName.equals(name)) {
                    route = known;
                }
            }
            if (route == null) {
                throw new IllegalArgumentException("[encore] [routes] does not know [" + PlanFields.shown(name) + "]: it takes " + KNOWN);
            }
            if (!routes.add(route)) {
                throw new IllegalArgumentException("[encore] [routes] names [" + name + "] twice");
            }
        }
        if (routes.isEmpty()) {
            throw new IllegalArgumentException("[encore] [routes] [] names no route: it takes " + KNOWN);
        }
        return routes;
    }
}
