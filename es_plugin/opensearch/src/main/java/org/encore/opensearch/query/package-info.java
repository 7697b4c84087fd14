/** Which queries does Encore add? Parsing and wire form; the Lucene queries are in the core module. */
package org.encore.opensearch.query;
