package org.encore.elasticsearch.rescore;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.elasticsearch.client.internal.node.NodeClient;
import org.elasticsearch.rest.BaseRestHandler;
import org.elasticsearch.rest.RestRequest;
import org.elasticsearch.rest.RestResponse;
import org.elasticsearch.rest.RestStatus;
import org.elasticsearch.xcontent.XContentBuilder;
import org.encore.rank.CircuitBreaker;
import org.encore.rank.RankerClient;

/** Answers {@code GET /_encore/stats}: what fine ranking did on the node that is asked, since it started. */
public final class StatsHandler extends BaseRestHandler {
    private final Supplier<FineRankService> service;

    public StatsHandler(Supplier<FineRankService> service) {
        this.service = service;
    }

    @Override
    public String getName() {
        return "encore_stats";
    }

    @Override
    public List<Route> routes() {
        return List.of(new Route(RestRequest.Method.GET, "/_encore/stats"));
    }

    @Override
    protected RestChannelConsumer prepareRequest(RestRequest request, NodeClient client) {
        return channel -> channel.sendResponse(new RestResponse(RestStatus.OK, write(channel.newBuilder())));
    }

    private XContentBuilder write(XContentBuilder answer) throws IOException {
        FineRankService node = service.get();
        RankerClient client = node.shared().client();
        answer.startObject();
        answer.field("node", node.clusterState().nodes().getLocalNode().getName());
        answer.startObject("fine_rank");
        for (Map.Entry<String, Object> entry : node.shared().statistics().toMap().entrySet()) {
            answer.field(entry.getKey(), entry.getValue());
        }
        answer.field("in_flight", client.inFlight());
        answer.startArray("rankers");
        for (Map.Entry<String, CircuitBreaker> ranker : client.breakers().entrySet()) {
            answer.startObject();
            answer.field("address", ranker.getKey());
            answer.field("circuit", ranker.getValue().state().name().toLowerCase(Locale.ROOT));
            answer.field("opened", ranker.getValue().timesOpened());
            answer.endObject();
        }
        answer.endArray();
        return answer.endObject().endObject();
    }
}
