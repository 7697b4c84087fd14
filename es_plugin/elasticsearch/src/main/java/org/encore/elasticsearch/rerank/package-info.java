/**
 * How does a search get one fine order over all its shards? The retriever {@code encore} and what surrounds it.
 *
 * <p>In the order of a search's life: {@link org.encore.elasticsearch.rerank.RetrieverFilter} gives it its identity on
 * the coordinator, {@link org.encore.elasticsearch.rerank.EncoreRetrieverBuilder} becomes its inner retriever's query
 * with an {@link org.encore.elasticsearch.rerank.EncoreRankBuilder} above it, whose contexts are what the
 * engine's phases call: {@link org.encore.elasticsearch.rerank.WindowMerge} takes the best hits of all shards,
 * {@link org.encore.elasticsearch.rerank.VideoIds} reads their ids on the shards, {@link org.encore.elasticsearch.rerank.WindowRank}
 * asks the ranker once. The filter's listener marks the hits and sets the answer's headers.
 */
package org.encore.elasticsearch.rerank;
