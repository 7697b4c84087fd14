package org.encore.opensearch.dictionary;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.opensearch.action.FailedNodeException;
import org.opensearch.action.support.ActionFilters;
import org.opensearch.action.support.nodes.BaseNodeResponse;
import org.opensearch.action.support.nodes.BaseNodesRequest;
import org.opensearch.action.support.nodes.BaseNodesResponse;
import org.opensearch.action.support.nodes.TransportNodesAction;
import org.opensearch.cluster.ClusterName;
import org.opensearch.cluster.node.DiscoveryNode;
import org.opensearch.cluster.service.ClusterService;
import org.opensearch.core.common.io.stream.StreamInput;
import org.opensearch.core.common.io.stream.StreamOutput;
import org.opensearch.threadpool.ThreadPool;
import org.opensearch.transport.TransportRequest;
import org.opensearch.transport.TransportService;
import org.opensearch.core.xcontent.ToXContentFragment;
import org.opensearch.core.xcontent.XContentBuilder;
import org.encore.dictionary.DictionaryRefusal;
import org.encore.dictionary.DictionaryReport;

/** Asks every node how its dictionaries stand, and puts the answers together. */
abstract class NodesAction
        extends TransportNodesAction<NodesAction.Request, NodesAction.Answer, NodesAction.OfNode, NodesAction.NodeAnswer> {
    private final DictionaryService service;

    NodesAction(
            String name,
            ClusterService cluster,
            TransportService transport,
            ThreadPool threads,
            ActionFilters filters,
            DictionaryService service) {
        super(
                name,
                threads,
                cluster,
                transport,
                filters,
                Request::new,
                OfNode::new,
                ThreadPool.Names.GENERIC,
                NodeAnswer.class);
        this.service = service;
    }

    /** What a node does before it says how its dictionaries stand. */
    abstract void prepare(DictionaryService ofNode);

    /** The answer of all. */
    abstract Map<String, Object> report(Request request, Map<String, DictionaryReport.OfNode> nodes, DictionaryService here);

    /** To all nodes; of one version, or of all. */
    static final class Request extends BaseNodesRequest<Request> {
        private final String version;

        private Request(String version) {
            super(new String[0]);
            this.version = version;
        }

        static Request of(String version) {
            return new Request(version);
        }

        static Request ofAll() {
            return new Request((String) null);
        }

        Request(StreamInput in) throws IOException {
            super(in);
            version = in.readOptionalString();
        }

        @Override
        public void writeTo(StreamOutput out) throws IOException {
            super.writeTo(out);
            out.writeOptionalString(version);
        }

        String version() {
            return version;
        }
    }

    /** To one node; there is nothing to say. */
    static final class OfNode extends TransportRequest {
        OfNode() {}

        OfNode(StreamInput in) throws IOException {
            super(in);
        }
    }

    /** One node's versions, as JSON values. */
    static final class NodeAnswer extends BaseNodeResponse {
        private final Map<String, Object> versions;

        NodeAnswer(DiscoveryNode node, Map<String, Object> versions) {
            super(node);
            this.versions = versions;
        }

        NodeAnswer(StreamInput in) throws IOException {
            super(in);
            versions = in.readMap();
        }

        @Override
        public void writeTo(StreamOutput out) throws IOException {
            super.writeTo(out);
            out.writeMap(versions);
        }
    }

    /** All nodes' versions, put together. */
    public static final class Answer extends BaseNodesResponse<NodeAnswer> implements ToXContentFragment {
        private final Map<String, Object> report;

        Answer(ClusterName cluster, List<NodeAnswer> nodes, List<FailedNodeException> failures, Map<String, Object> report) {
            super(cluster, nodes, failures);
            this.report = report;
        }

        Answer(StreamInput in) throws IOException {
            super(in);
            report = in.readMap();
        }

        @Override
        public void writeTo(StreamOutput out) throws IOException {
            super.writeTo(out);
            out.writeMap(report);
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
            for (Map.Entry<String, Object> field : report.entrySet()) {
                answer.field(field.getKey(), field.getValue());
            }
            return answer;
        }
    }

    @Override
    protected Answer newResponse(Request request, List<NodeAnswer> nodes, List<FailedNodeException> failures) {
        Map<String, DictionaryReport.OfNode> all = new HashMap<>();
        for (NodeAnswer node : nodes) {
            all.put(node.getNode().getId(), new DictionaryReport.OfNode(node.getNode().getName(), node.versions));
        }
        try {
            return new Answer(clusterService.getClusterName(), nodes, failures, report(request, all, service));
        } catch (DictionaryRefusal refusal) {
            throw ClusterUpdates.engines(refusal);
        }
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
        prepare(service);
        return new NodeAnswer(clusterService.localNode(), service.dictionaries().report());
    }
}
