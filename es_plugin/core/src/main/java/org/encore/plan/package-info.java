/**
 * What does a text ask for, and what is looked for then?
 *
 * <p>In the order of a search's life: {@link org.encore.plan.RecallRequest} is the clause as it was asked;
 * {@link org.encore.plan.PlanTarget} names the one generation that it searches; {@link org.encore.plan.Planner} asks
 * the ranker, once a search, without holding a thread; {@link org.encore.plan.QueryPlan} is its answer, strictly read;
 * {@link org.encore.plan.Recall} says in clauses of no engine what is looked for, and an adapter builds them.
 */
package org.encore.plan;
