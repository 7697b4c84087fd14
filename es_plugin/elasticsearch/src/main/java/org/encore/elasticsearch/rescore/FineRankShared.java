package org.encore.elasticsearch.rescore;

import org.encore.rank.RankStatistics;
import org.encore.rank.RankerClient;

/**
 * What all fine ranking of one node shares.
 *
 * @param client     calls the ranker
 * @param statistics counts what comes of it
 * @param traces     carries the outcome from one phase of a search to the next
 */
record FineRankShared(RankerClient client, RankStatistics statistics, SearchTraces traces) {}
