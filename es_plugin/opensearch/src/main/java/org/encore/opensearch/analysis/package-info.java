/** Encore's text chain as Elasticsearch's analysis components, over the dictionaries of this node. */
package org.encore.opensearch.analysis;
