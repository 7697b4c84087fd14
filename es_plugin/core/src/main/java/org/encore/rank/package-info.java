/**
 * Fine ranking without an engine: the score scale, the wire to the ranker, and the client that calls it.
 *
 * <p>An engine's adapter gives candidates and a deadline, and gets tiers and positions or one
 * {@link org.encore.rank.RankFailure} with a cause.
 */
package org.encore.rank;
