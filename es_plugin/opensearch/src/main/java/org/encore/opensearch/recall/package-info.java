/**
 * How does a text find its videos? The query {@code encore}, which asks the ranker for a plan while the coordinating node
 * rewrites the search, and becomes ordinary queries.
 *
 * <p>In the order of a search's life: {@link org.encore.opensearch.recall.RecallFilter} stands around it,
 * {@link org.encore.opensearch.recall.EncoreQueryBuilder} is the clause, and
 * {@link org.encore.opensearch.recall.RecallQueries} builds what it becomes.
 */
package org.encore.opensearch.recall;
