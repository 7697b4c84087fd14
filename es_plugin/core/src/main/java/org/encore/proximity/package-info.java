/**
 * How tightly does a document hold a query's terms? The formula, the search for the tightest window
 * and the Lucene query over both, free of any engine.
 */
package org.encore.proximity;
