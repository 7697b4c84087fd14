package org.encore.elasticsearch.rerank;

import org.elasticsearch.common.util.concurrent.ThreadContext;
import org.encore.rerank.GlobalRanker;
import org.encore.rerank.GlobalSearch;

/**
 * What the coordinator's phases of one execution need.
 *
 * @param search   the execution
 * @param minScore least score, on the one scale, of a hit of a ranked search; null for none
 * @param ranker   asks
 * @param threads  whose context goes on after the ranker's answer
 */
record Coordination(GlobalSearch search, Float minScore, GlobalRanker ranker, ThreadContext threads) {}
