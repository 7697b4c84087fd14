package org.encore.elasticsearch.rescore;

import java.util.List;
import org.elasticsearch.client.internal.node.NodeClient;
import org.elasticsearch.rest.BaseRestHandler;
import org.elasticsearch.rest.RestRequest;
import org.elasticsearch.rest.action.RestActions.NodesResponseRestListener;

/** Answers {@code GET /_encore/stats} with what {@link StatsAction} gathers from the cluster's nodes. */
public final class StatsHandler extends BaseRestHandler {
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
        return channel ->
                client.execute(StatsAction.TYPE, new StatsAction.Request(), new NodesResponseRestListener<>(channel));
    }
}
