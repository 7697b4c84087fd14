package org.encore.rescore;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.encore.rank.CircuitBreaker;
import org.encore.rank.RankStatistics;
import org.encore.rank.RankerClient;

/**
 * What all fine ranking of one node shares.
 *
 * @param client     calls the ranker
 * @param statistics counts what comes of it
 * @param traces     carries the outcome from one phase of a search to the next
 * @param ids        keeps video ids that were read
 */
public record FineRankShared(
        RankerClient client, RankStatistics statistics, SearchTraces traces, VideoIdCache ids) {
    /** With traces and ids of its own. */
    public FineRankShared(RankerClient client, RankStatistics statistics, SearchTraces traces) {
        this(client, statistics, traces, VideoIdCache.ofHeap());
    }

    /** What fine ranking did on this node since it started, as JSON values. */
    public Map<String, Object> toMap() {
        Map<String, Object> fineRank = new LinkedHashMap<>(statistics.toMap());
        fineRank.put("in_flight", client.inFlight());
        fineRank.put("waiting", client.waiting());
        fineRank.put("kept_id_bytes", ids.bytes());
        List<Map<String, Object>> rankers = new ArrayList<>();
        for (Map.Entry<String, CircuitBreaker> ranker : client.breakers().entrySet()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("address", ranker.getKey());
            one.put("circuit", ranker.getValue().state().name().toLowerCase(Locale.ROOT));
            one.put("opened", ranker.getValue().timesOpened());
            rankers.add(one);
        }
        fineRank.put("rankers", rankers);
        return fineRank;
    }
}
