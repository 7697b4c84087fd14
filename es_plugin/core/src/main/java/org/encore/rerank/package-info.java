/**
 * How does a search get one order over the hits of all its shards? One call with the global window, on the coordinator.
 *
 * <p>In the order of a search's life: {@link org.encore.rerank.GlobalSearch} is what the coordinator knows of it,
 * {@link org.encore.rerank.GlobalWindow} takes its best hits, {@link org.encore.rerank.GlobalRanker} asks the
 * ranker without holding a thread of the engine, and {@link org.encore.rerank.GlobalOrder} says what comes of it for
 * each hit.
 */
package org.encore.rerank;
