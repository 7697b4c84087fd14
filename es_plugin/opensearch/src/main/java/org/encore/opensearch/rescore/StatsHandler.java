package org.encore.opensearch.rescore;

import java.util.List;
import org.opensearch.rest.BaseRestHandler;
import org.opensearch.rest.RestRequest;
import org.opensearch.rest.action.RestActions.NodesResponseRestListener;
import org.opensearch.transport.client.node.NodeClient;

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
