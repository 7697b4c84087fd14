/**
 * Dictionary versions of a node and of its cluster: where their files lie, which are in memory, how a node gets
 * one that it lacks, what it tells the cluster, and what people are answered.
 *
 * <p>A version reaches the cluster by one PUT to any node, which keeps it in its data folder and lists it in the
 * cluster's state. Each other node sees the list, fetches what it lacks from a node that has it, checks it, loads
 * it, and announces itself ready; shards are kept off a node until it is. The engines' adapters bring state,
 * transport and threads; everything else is here.
 */
package org.encore.dictionary;
