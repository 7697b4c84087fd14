package org.encore.elasticsearch.rescore;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.elasticsearch.action.ActionType;
import org.elasticsearch.action.FailedNodeException;
import org.elasticsearch.action.support.ActionFilters;
import org.elasticsearch.action.support.nodes.BaseNodeResponse;
import org.elasticsearch.action.support.nodes.BaseNodesRequest;
import org.elasticsearch.action.support.nodes.BaseNodesResponse;
import org.elasticsearch.action.support.nodes.TransportNodesAction;
import org.elasticsearch.cluster.ClusterName;
import org.elasticsearch.cluster.node.DiscoveryNode;
import org.elasticsearch.cluster.service.ClusterService;
import org.elasticsearch.common.io.stream.StreamInput;
import org.elasticsearch.common.io.stream.StreamOutput;
import org.elasticsearch.injection.guice.Inject;
import org.elasticsearch.tasks.Task;
import org.elasticsearch.threadpool.ThreadPool;
import org.elasticsearch.transport.AbstractTransportRequest;
import org.elasticsearch.transport.TransportService;
import org.elasticsearch.xcontent.ToXContentFragment;
import org.elasticsearch.xcontent.XContentBuilder;

/** Asks every node what its fine ranking and its asking for plans did since it started; named so that the engine's roles apply. */
public final class StatsAction
        extends TransportNodesAction<StatsAction.Request, StatsAction.Answer, StatsAction.OfNode, StatsAction.NodeAnswer, Void> {
    public static final String NAME = "cluster:admin/encore/stats";
    public static final ActionType<Answer> TYPE = new ActionType<>(NAME);

    private final FineRankService service;

    @Inject
    public StatsAction(
            ClusterService cluster,
            TransportService transport,
            ThreadPool threads,
            ActionFilters filters,
            FineRankService service) {
        super(NAME, cluster, transport, filters, OfNode::new, threads.executor(ThreadPool.Names.MANAGEMENT));
        this.service = service;
    }

    /** To all nodes. */
    public static final class Request extends BaseNodesRequest {
        public Request() {
            super(new String[0]);
        }
    }

    /** To one node; there is nothing to say. */
    public static final class OfNode extends AbstractTransportRequest {
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

        NodeAnswer(StreamInput in, DiscoveryNode node) throws IOException {
            super(in, node);
            statistics = in.readGenericMap();
        }

        @Override
        public void writeTo(StreamOutput out) throws IOException {
            super.writeTo(out);
            out.writeGenericMap(statistics);
        }
    }

    /** All nodes' statistics, by node id. */
    public static final class Answer extends BaseNodesResponse<NodeAnswer> implements ToXContentFragment {
        Answer(ClusterName cluster, List<NodeAnswer> nodes, List<FailedNodeException> failures) {
            super(cluster, nodes, failures);
        }

        @Override
        protected List<NodeAnswer> readNodesFrom(StreamInput in) {
            throw new UnsupportedOperationException("made and read on one node");
        }

        @Override
        protected void writeNodesTo(StreamOutput out, List<NodeAnswer> nodes) {
            throw new UnsupportedOperationException("made and read on one node");
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
    protected NodeAnswer newNodeResponse(StreamInput in, DiscoveryNode node) throws IOException {
        return new NodeAnswer(in, node);
    }

    @Override
    protected NodeAnswer nodeOperation(OfNode request, Task task) {
        Map<String, Object> statistics = new LinkedHashMap<>();
        statistics.put("fine_rank", service.shared().toMap());
        statistics.put("plan", service.planner().toMap());
        return new NodeAnswer(clusterService.localNode(), statistics);
    }
}
