/** How does Encore's reading of requests stand on the engine's parser? */
package org.encore.opensearch.request;
