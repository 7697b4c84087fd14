package org.encore.elasticsearch.rest;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.elasticsearch.Build;
import org.elasticsearch.client.internal.node.NodeClient;
import org.elasticsearch.cluster.service.ClusterService;
import org.elasticsearch.index.IndexVersion;
import org.elasticsearch.rest.BaseRestHandler;
import org.elasticsearch.rest.RestRequest;
import org.elasticsearch.rest.RestResponse;
import org.elasticsearch.rest.RestStatus;
import org.elasticsearch.xcontent.XContentBuilder;

/**
 * Answers {@code GET /} and {@code HEAD /}: which node, which cluster, which version.
 *
 * <p>The official clients ask here whether they talk to Elasticsearch. The header {@code X-elastic-product} that
 * they check is set by the engine on every answer.
 */
public final class RootHandler extends BaseRestHandler {
    private final ClusterService cluster;

    /** Answers for the node of {@code cluster}. */
    public RootHandler(ClusterService cluster) {
        this.cluster = Objects.requireNonNull(cluster);
    }

    @Override
    public String getName() {
        return "encore_root";
    }

    @Override
    public List<Route> routes() {
        return List.of(new Route(RestRequest.Method.GET, "/"), new Route(RestRequest.Method.HEAD, "/"));
    }

    @Override
    protected RestChannelConsumer prepareRequest(RestRequest request, NodeClient client) {
        return channel -> {
            XContentBuilder answer = channel.newBuilder();
            if (!request.hasParam("pretty")) {
                answer.prettyPrint().lfAtEnd(); // people open this address by hand
            }
            channel.sendResponse(new RestResponse(RestStatus.OK, write(answer)));
        };
    }

    private XContentBuilder write(XContentBuilder answer) throws IOException {
        Build build = Build.current();
        answer.startObject();
        answer.field("name", cluster.getNodeName());
        answer.field("cluster_name", cluster.getClusterName().value());
        answer.field("cluster_uuid", cluster.state().metadata().clusterUUID());
        answer.startObject("version");
        answer.field("number", build.qualifiedVersion());
        answer.field("build_flavor", build.flavor());
        answer.field("build_type", build.type().displayName());
        answer.field("build_hash", build.hash());
        answer.field("build_date", build.date());
        answer.field("build_snapshot", build.isSnapshot());
        answer.field("lucene_version", IndexVersion.current().luceneVersion().toString());
        answer.field("minimum_wire_compatibility_version", build.minWireCompatVersion());
        answer.field("minimum_index_compatibility_version", build.minIndexCompatVersion());
        answer.endObject();
        answer.field("tagline", "You Know, for Search");
        return answer.endObject();
    }
}
