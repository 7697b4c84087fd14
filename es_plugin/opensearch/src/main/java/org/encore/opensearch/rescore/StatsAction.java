package org.encore.opensearch.rescore;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.opensearch.action.ActionType;
import org.opensearch.action.FailedNodeException;
import org.opensearch.action.support.ActionFilters;
import org.opensearch.action.support.nodes.BaseNodeResponse;
import org.opensearch.action.support.nodes.BaseNodesRequest;
import org.opensearch.action.support.nodes.BaseNodesResponse;
import org.opensearch.action.support.nodes.TransportNodesAction;
import org.opensearch.cluster.ClusterName;
import org.opensearch.cluster.node.DiscoveryNode;
import org.opensearch.cluster.service.ClusterService;
import org.opensearch.common.inject.Inject;
import org.opensearch.core.common.io.stream.StreamInput;
import org.opensearch.core.common.io.stream.StreamOutput;
import org.opensearch.core.xcontent.ToXContentFragment;
import org.opensearch.core.xcontent.XContentBuilder;
import org.opensearch.threadpool.ThreadPool;
import org.opensearch.transport.TransportRequest;
import org.opensearch.transport.TransportService;

/** Asks every node what its fine ranking and its asking for plans did since it started; named so that the engine's roles apply. */
public final class StatsAction
        extends TransportNodesAction<StatsAction.Request, StatsAction.Answer, StatsAction.OfNode, StatsAction.NodeAnswer> {
    public static final String NAME = "cluster:admin/encore/stats";
    public static final ActionType<Answer> TYPE = new ActionType<>(NAME, Answer::new);

    private final FineRankService service;

    @Inject
    public StatsAction(
            ClusterService cluster,
            TransportService transport,
            ThreadPool threads,
            ActionFilters filters,
            FineRankService service) {
        super(
                NAME,
                threads,
                cluster,
                transport,
                filters,
                Request::new,
                OfNode::new,
                ThreadPool.Names.MANAGEMENT,
                NodeAnswer.class);
        this.service = service;
    }

    /** To all nodes. */
    public static final class Request extends BaseNodesRequest<Request> {
        public Request() {
            super(new String[0]);
        }

        Request(StreamInput in) throws IOException {
            super(in);
        }
    }

    /** To one node; there is nothing to say. */
    public static final class OfNode extends TransportRequest {
        OfNode() {}

        OfNode(StreamInput in) throws IOException {
            super(in);
        }
    }

    /** One node's statistics, as JSON values. */
    public static final class NodeAnswer extends BaseNodeResponse {
        private final Map<String, Object> statistics;

        NodeAnswer(DiscoveryNode node, Map<String, Object> statistics) {
            super(node);
            this.statistics = statistics;
        }

        NodeAnswer(StreamInput in) throws IOException {
            super(in);
            statistics = in.readMap();
        }

        @Override
        public void writeTo(StreamOutput out) throws IOException {
            super.writeTo(out);
            out.writeMap(statistics);
        }
    }

    /** All nodes' statistics, by node id. */
    public static final class Answer extends BaseNodesResponse<NodeAnswer> implements ToXContentFragment {
        Answer(ClusterName cluster, List<NodeAnswer> nodes, List<FailedNodeException> failures) {
            super(cluster, nodes, failures);
        }

        Answer(StreamInput in) throws IOException {
            super(in);
        }

        @Override
        protected List<NodeAnswer> readNodesFrom(StreamInput in) throws IOException {
            return in.readList(NodeAnswer::new);
        }

        @Override
        protected void writeNodesTo(StreamOutput out, List<NodeAnswer> nodes) throws IOException {
            out.writeList(nodes);
        }

        @Override
        public XContentBuilder toXContent(XContentBuilder answer, Params params) throws IOException {
            answer.startObject("nodes");
            for (NodeAnswer node : getNodes()) {
                answer.startObject(node.getNode().getId());
                answer.field("node", node.getNode().getName());
                for (Map.Entry<String, Object> part : node.statistics.entrySet()) {
                    answer.field(part.getKey(), part.getValue());
                }
                answer.endObject();
            }
            return answer.endObject();
        }
    }

    @Override
    protected Answer newResponse(Request request, List<NodeAnswer> nodes, List<FailedNodeException> failures) {
        return new Answer(clusterService.getClusterName(), nodes, failures);
    }

    @Override
    protected OfNode newNodeRequest(Request request) {
        return new OfNode();
    }

    @Override
    protected NodeAnswer newNodeResponse(StreamInput in) throws IOException {
        return new NodeAnswer(in);
    }

    @Override
    protected NodeAnswer nodeOperation(OfNode request) {
        Map<String, Object> statistics = new LinkedHashMap<>();
        statistics.put("fine_rank", service.shared().toMap());
        statistics.put("plan", service.planner().toMap());
        return new NodeAnswer(clusterService.localNode(), statistics);
    }
}
