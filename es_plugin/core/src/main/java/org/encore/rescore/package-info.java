/**
 * What happens to a search with {@code fine_rank}, as far as no engine is needed to say it? Its values and checks, its ranking on
 * a shard, what one phase leaves for the next, and what its answer tells. The engines' adapters have packages of the same
 * name, which only translate.
 */
package org.encore.rescore;
