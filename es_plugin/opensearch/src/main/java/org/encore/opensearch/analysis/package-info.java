/** Encore's text chain as OpenSearch's analysis components, over the dictionaries of this node. */
package org.encore.opensearch.analysis;
