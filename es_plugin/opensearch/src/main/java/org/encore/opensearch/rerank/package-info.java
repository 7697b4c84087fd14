/**
 * How does a search get one fine order over all its shards? The search-pipeline processors {@code encore_rerank} and what
 * surrounds them.
 *
 * <p>In the order of a search's life: {@link org.encore.opensearch.rerank.RerankFilter} keeps its task at hand,
 * {@link org.encore.opensearch.rerank.RerankRequestProcessor} gives it its identity and widens its page to the window,
 * {@link org.encore.opensearch.rerank.RerankResponseProcessor} asks the ranker once and cuts the page out of the
 * window in its order, and the filter's listener sets the answer's headers.
 */
package org.encore.opensearch.rerank;
