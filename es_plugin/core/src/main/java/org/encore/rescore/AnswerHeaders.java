package org.encore.rescore;

import java.util.Collection;
import java.util.TreeSet;
import org.encore.rank.FallbackCause;

/** What an answer's headers tell of its fine ranking. */
public final class AnswerHeaders {
    /** The id that impressions, clicks, plays and later pages quote. */
    public static final String REQUEST_ID = "X-Encore-Request-Id";
    /** Why shards fell back, by comma; absent where none did. */
    public static final String DEGRADED = "X-Encore-Degraded";

    private AnswerHeaders() {}

    /**
     * The value of {@link #DEGRADED}, causes sorted, or null where nothing fell back.
     *
     * @param ofShards those of all shards, as far as the coordinator knows
     * @param ofHits   those of the page's hits by {@link HitMark#cause}; null ones are passed over
     */
    public static String degraded(Collection<FallbackCause> ofShards, Collection<String> ofHits) {
        TreeSet<String> causes = new TreeSet<>();
        for (FallbackCause cause : ofShards) {
            causes.add(cause.wireName());
        }
        for (String cause : ofHits) {
            if (cause != null) {
                causes.add(cause);
            }
        }
        return causes.isEmpty() ? null : String.join(",", causes);
    }
}
