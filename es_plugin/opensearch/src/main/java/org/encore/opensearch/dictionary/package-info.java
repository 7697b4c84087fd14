/** Dictionary versions in the cluster: its state, transport, allocation and REST, over {@code org.encore.dictionary}. */
package org.encore.opensearch.dictionary;
