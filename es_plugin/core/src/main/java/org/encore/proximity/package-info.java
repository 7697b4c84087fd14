/** How tightly does a document hold a query's terms? Lucene query and formula, free of any engine. */
package org.encore.proximity;
