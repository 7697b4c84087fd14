/**
 * The tokens of a text, from a dictionary that the Python side exported.
 *
 * <p>A {@link org.encore.text.Dictionary} is one exported folder. {@link org.encore.text.TextAnalysis} is the
 * chain (normalise, cut, judge content) on plain arrays; {@link org.encore.text.EncoreTokenizer} and the two
 * filters put it into Lucene. Nothing here asks the JDK for a Unicode property: every such fact is a table
 * in the folder, so Python and Java cannot disagree.
 */
package org.encore.text;
