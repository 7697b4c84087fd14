package org.encore.rescore;

import java.util.LinkedHashMap;
import java.util.Map;
import org.encore.rank.FallbackCause;
import org.encore.rank.ScoreMark;

/**
 * How a hit of a {@code fine_rank} search was ranked, as the value of its document field {@link #FIELD}:
 * {@code {"rank": "fine", "mark": "scored"}} or {@code {"rank": "coarse", "cause": "timeout"}}. The mark {@code stored}
 * means that the ranker knew the hit from an earlier page; it is left out where the ranker didn't say. A hit that an
 * {@code encore} clause found without a plan has {@code "plan": "text", "plan_cause": "timeout"} too.
 */
public final class HitMark {
    /** The hits' document field. */
    public static final String FIELD = "encore";

    private static final String RANK = "rank";
    private static final String MARK = "mark";
    private static final String CAUSE = "cause";
    private static final String PLAN = "plan";
    private static final String PLAN_CAUSE = "plan_cause";

    private HitMark() {}

    /** A finely ranked hit; {@code mark} is null where the ranker didn't say. */
    public static Map<String, Object> fine(ScoreMark mark) {
        return mark("fine", MARK, mark == null ? null : mark.wireName());
    }

    /** A hit in coarse order; {@code cause} is null where the shard was ranked and the hit stands outside the window. */
    public static Map<String, Object> coarse(FallbackCause cause) {
        return mark("coarse", CAUSE, cause == null ? null : cause.wireName());
    }

    private static Map<String, Object> mark(String rank, String name, String value) {
        Map<String, Object> mark = new LinkedHashMap<>();
        mark.put(RANK, rank);
        if (value != null) {
            mark.put(name, value);
        }
        return mark;
    }

    /**
     * The mark of a hit that was found without a plan.
     *
     * @param mark   how the hit was ranked, or null where no {@code fine_rank} says
     * @param causes why there was no plan, by comma
     */
    public static Map<String, Object> withoutPlan(Object mark, String causes) {
        Map<String, Object> both = new LinkedHashMap<>();
        if (mark instanceof Map<?, ?> map) {
            map.forEach((name, value) -> both.put((String) name, value));
        }
        both.put(PLAN, "text");
        both.put(PLAN_CAUSE, causes);
        return both;
    }

    /** The cause that a mark tells, or null. */
    public static String cause(Object mark) {
        return mark instanceof Map<?, ?> map && map.get(CAUSE) instanceof String cause ? cause : null;
    }
}
