package org.encore.plan;

import org.encore.rank.FallbackCause;

/**
 * What came of asking for a plan: the plan, or why there is none.
 *
 * @param plan  null where there is none
 * @param cause null where there is a plan or none was needed
 */
public record PlanAnswer(QueryPlan plan, FallbackCause cause) {
    /** No plan was needed. */
    static final PlanAnswer UNASKED = new PlanAnswer(null, null);
}
