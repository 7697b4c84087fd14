package org.encore.rank;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Why a shard kept the coarse order. The names are the wire's, the hit's mark's and the header's.
 *
 * <p>The set is closed, so counters by cause stay bounded whatever a ranker answers.
 */
public enum FallbackCause {
    /** No address answers: refused, reset, or none is configured. */
    RANKER_UNAVAILABLE("ranker_unavailable", true),
    /** The plugin's deadline for a call passed. */
    TIMEOUT("timeout", true),
    /** The node has as many calls in flight as it may, or the ranker says so of itself. */
    OVERLOADED("overloaded", false),
    /** The ranker failed lately; the next probe has not come yet. */
    CIRCUIT_OPEN("circuit_open", false),
    /** The answer is none: missing or extra candidates, NaN, too large, another search's. */
    BAD_RESPONSE("bad_response", true),
    /** The search's own timeout left no time. */
    SEARCH_TIMEOUT("search_timeout", false),
    /** The ranker says: its models don't answer. */
    MODEL_SERVER_UNAVAILABLE("model_server_unavailable", true),
    /** The ranker says: it saw that the deadline would pass. */
    DEADLINE("deadline", true),
    /** The ranker says: it doesn't hold this index's generation. */
    GENERATION_UNKNOWN("generation_unknown", false),
    /** The request is wrong in the ranker's eyes, or too large for the wire. */
    BAD_REQUEST("bad_request", false),
    /** The ranker failed in a way that it doesn't name. */
    RANKER_ERROR("ranker_error", true),
    /** A fault of the plugin itself; the node's log has its trace. */
    INTERNAL_ERROR("internal_error", false);

    private static final Map<String, FallbackCause> BY_NAME =
            Stream.of(values()).collect(Collectors.toUnmodifiableMap(FallbackCause::wireName, Function.identity()));

    private final String wireName;
    private final boolean blamesRanker;

    FallbackCause(String wireName, boolean blamesRanker) {
        this.wireName = wireName;
        this.blamesRanker = blamesRanker;
    }

    /** The name that a person and the wire see. */
    public String wireName() {
        return wireName;
    }

    /** Whether it says that the ranker is sick, so that the circuit breaker counts it. */
    public boolean blamesRanker() {
        return blamesRanker;
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
