package org.encore.rank;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Why a shard kept the coarse order, or a search went without a plan. The names are the wire's, the hit's mark's and
 * the header's.
 *
 * <p>The set is closed, so counters by cause stay bounded whatever a ranker answers.
 */
public enum FallbackCause {
    /** No address answers: refused, reset, or none is configured. */
    RANKER_UNAVAILABLE("ranker_unavailable", Health.SICK),
    /** The plugin's deadline for a call passed. */
    TIMEOUT("timeout", Health.SICK),
    /** The node has as many calls in flight as it may and none ends soon, or the ranker says so of itself. */
    OVERLOADED("overloaded", Health.ALIVE),
    /** The ranker failed lately; the next probe has not come yet. */
    CIRCUIT_OPEN("circuit_open", Health.UNKNOWN),
    /** The answer is none: missing or extra candidates, NaN, too large, another search's. */
    BAD_RESPONSE("bad_response", Health.SICK),
    /** The search's own timeout left no time. */
    SEARCH_TIMEOUT("search_timeout", Health.UNKNOWN),
    /** The ranker says: its models don't answer. */
    MODEL_SERVER_UNAVAILABLE("model_server_unavailable", Health.ALIVE),
    /** The ranker says: it saw that the deadline would pass. */
    DEADLINE("deadline", Health.ALIVE),
    /** The ranker says: it doesn't hold this index's generation. */
    GENERATION_UNKNOWN("generation_unknown", Health.ALIVE),
    /** The request is wrong in the ranker's eyes, or too large for the wire. */
    BAD_REQUEST("bad_request", Health.ALIVE),
    /** The plan is none, of another schema, or doesn't fit the index; the ranker serves, and may score well. */
    BAD_PLAN("bad_plan", Health.ALIVE),
    /** The ranker failed in a way that it doesn't name. */
    RANKER_ERROR("ranker_error", Health.SICK),
    /** A fault of the plugin itself; the node's log has its trace. */
    INTERNAL_ERROR("internal_error", Health.UNKNOWN);

    /** What a cause tells about the ranker that was asked. */
    public enum Health {
        /** It does not serve: the circuit breaker counts it. */
        SICK,
        /** It answers by itself, if only to say no; it has breakers of its own for what stands behind it. */
        ALIVE,
        /** Nothing. */
        UNKNOWN
    }

    private static final Map<String, FallbackCause> BY_NAME =
            Stream.of(values()).collect(Collectors.toUnmodifiableMap(FallbackCause::wireName, Function.identity()));

    private final String wireName;
    private final Health health;

    FallbackCause(String wireName, Health health) {
        this.wireName = wireName;
        this.health = health;
    }

    /** The name that a person and the wire see. */
    public String wireName() {
        return wireName;
    }

    /** What it tells about the ranker that was asked. */
    public Health health() {
        return health;
    }

    /** The cause of that name; {@link #RANKER_ERROR} for a name that this version doesn't know. */
    public static FallbackCause named(String name) {
        return name == null ? RANKER_ERROR : BY_NAME.getOrDefault(name, RANKER_ERROR);
    }

    @Override
    public String toString() {
        return wireName;
    }
}
