package org.encore.opensearch.dictionary;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.opensearch.core.action.ActionListener;
import org.opensearch.action.ActionRequestValidationException;
import org.opensearch.core.action.ActionResponse;
import org.opensearch.action.ActionType;
import org.opensearch.action.support.ActionFilters;
import org.opensearch.action.support.clustermanager.ClusterManagerNodeRequest;
import org.opensearch.action.support.clustermanager.TransportClusterManagerNodeAction;
import org.opensearch.cluster.ClusterState;
import org.opensearch.cluster.metadata.IndexNameExpressionResolver;
import org.opensearch.cluster.block.ClusterBlockException;
import org.opensearch.cluster.block.ClusterBlockLevel;
import org.opensearch.cluster.node.DiscoveryNode;
import org.opensearch.cluster.routing.RerouteService;
import org.opensearch.cluster.service.ClusterService;
import org.opensearch.common.Priority;
import org.opensearch.core.common.io.stream.StreamInput;
import org.opensearch.core.common.io.stream.StreamOutput;
import org.opensearch.common.unit.TimeValue;
import org.opensearch.common.collect.Tuple;
import org.opensearch.common.inject.Inject;
import org.opensearch.threadpool.ThreadPool;
import org.opensearch.transport.TransportService;
import org.encore.dictionary.ListedDictionaries;
import org.encore.dictionary.ReadyNodes;

/** Lets the master list a version, or note what a node says of its own. Nodes ask it of the master; no user may. */
public final class ChangeAction extends TransportClusterManagerNodeAction<ChangeAction.Request, ChangeAction.Answer> {
    public static final ActionType<Answer> TYPE = new ActionType<>("internal:encore/dictionary/change", Answer::new);

    private final ClusterUpdates updates;
    private final RerouteService reroute;

    @Inject
    public ChangeAction(
            TransportService transport,
            ClusterService cluster,
            ThreadPool threads,
            ActionFilters filters,
            IndexNameExpressionResolver names) {
        super(
                TYPE.name(),
                transport,
                cluster,
                threads,
                filters,
                Request::new,
                names);
        this.updates = new ClusterUpdates(cluster);
        this.reroute = cluster.getRerouteService();
    }

    /** Either a version to be listed, or a node's word. */
    static final class Request extends ClusterManagerNodeRequest<Request> {
        private final String subject;
        private final ListedDictionaries.Listed listed;
        private final Map<String, String> said;

        private Request(String subject, ListedDictionaries.Listed listed, Map<String, String> said, TimeValue patience) {
            clusterManagerNodeTimeout(patience);
            this.subject = subject;
            this.listed = listed;
            this.said = said;
        }

        static Request list(String version, ListedDictionaries.Listed listed, TimeValue patience) {
            return new Request(version, listed, Map.of(), patience);
        }

        static Request announce(String start, Map<String, String> versions, TimeValue patience) {
            return new Request(start, null, versions, patience);
        }

        Request(StreamInput in) throws IOException {
            super(in);
            subject = in.readString();
            listed = in.readBoolean() ? new ListedDictionaries.Listed(in.readString(), in.readLong(), in.readLong()) : null;
            said = in.readMap(StreamInput::readString, StreamInput::readString);
        }

        @Override
        public void writeTo(StreamOutput out) throws IOException {
            super.writeTo(out);
            out.writeString(subject);
            out.writeBoolean(listed != null);
            if (listed != null) {
                out.writeString(listed.sha256());
                out.writeLong(listed.bytes());
                out.writeLong(listed.since());
            }
            out.writeMap(said, StreamOutput::writeString, StreamOutput::writeString);
        }

        @Override
        public ActionRequestValidationException validate() {
            return null;
        }
    }

    /** Whether anything changed. */
    static final class Answer extends ActionResponse {
        private final boolean changed;

        Answer(boolean changed) {
            this.changed = changed;
        }

        Answer(StreamInput in) throws IOException {
            changed = in.readBoolean();
        }

        boolean changed() {
            return changed;
        }

        @Override
        public void writeTo(StreamOutput out) throws IOException {
            out.writeBoolean(changed);
        }
    }

    @Override
    protected void clusterManagerOperation(Request request, ClusterState state, ActionListener<Answer> listener) {
        ActionListener<Boolean> done = ActionListener.map(listener, Answer::new);
        if (request.listed != null) {
            String source = "encore: list dictionary [" + request.subject + "]";
            updates.submit(source, now -> list(request, now), request.clusterManagerNodeTimeout(), done);
        } else {
            updates.submit(
                    "encore: dictionaries of a node",
                    now -> note(request, now),
                    request.clusterManagerNodeTimeout(),
                    ActionListener.delegateFailure(done, (next, changed) -> {
                        if (changed) { // shards may have waited for it
                            reroute.reroute("a node's dictionaries", Priority.NORMAL, ActionListener.wrap(() -> {}));
                        }
                        next.onResponse(changed);
                    }));
        }
    }

    private static Tuple<ClusterState, Boolean> list(Request request, ClusterState state) {
        ListedDictionaries before = ListedMetadata.of(state);
        ListedDictionaries after = before.with(request.subject, request.listed);
        return after == before ? Tuple.tuple(state, false) : Tuple.tuple(ListedMetadata.put(state, after), true);
    }

    private static Tuple<ClusterState, Boolean> note(Request request, ClusterState state) {
        Set<String> present = new HashSet<>();
        for (DiscoveryNode node : state.nodes()) {
            present.add(node.getEphemeralId());
        }
        ReadyNodes before = ReadyState.of(state);
        ReadyNodes after = before.with(request.subject, new HashMap<>(request.said), present);
        return after == before ? Tuple.tuple(state, false) : Tuple.tuple(ReadyState.put(state, after), true);
    }

    @Override
    protected String executor() {
        return ThreadPool.Names.SAME;
    }

    @Override
    protected Answer read(StreamInput in) throws IOException {
        return new Answer(in);
    }

    @Override
    protected ClusterBlockException checkBlock(Request request, ClusterState state) {
        return request.listed == null ? null : state.blocks().globalBlockedException(ClusterBlockLevel.METADATA_WRITE);
    }
}
