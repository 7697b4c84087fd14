/**
 * How does a search get its fine order? The rescorer {@code fine_rank} and what surrounds it.
 *
 * <p>In the order of a search's life: {@link org.encore.opensearch.rescore.FineRankFilter} gives it its
 * identity on the coordinator, {@link org.encore.opensearch.rescore.SearchBinding} names it to the rescorer,
 * {@link org.encore.opensearch.rescore.FineRankRescorer} asks the ranker on each
 * shard, {@link org.encore.opensearch.rescore.ShardOutcome} tells the coordinator of a shard that fell back,
 * {@link org.encore.opensearch.rescore.HitMarks} tells each hit's rank in the fetch phase, and the
 * filter's listener sets the answer's headers.
 */
package org.encore.opensearch.rescore;
