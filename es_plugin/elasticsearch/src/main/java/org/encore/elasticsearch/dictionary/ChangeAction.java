package org.encore.elasticsearch.dictionary;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.elasticsearch.action.ActionListener;
import org.elasticsearch.action.ActionRequestValidationException;
import org.elasticsearch.action.ActionResponse;
import org.elasticsearch.action.ActionType;
import org.elasticsearch.action.support.ActionFilters;
import org.elasticsearch.action.support.master.MasterNodeRequest;
import org.elasticsearch.action.support.master.TransportMasterNodeAction;
import org.elasticsearch.cluster.ClusterState;
import org.elasticsearch.cluster.block.ClusterBlockException;
import org.elasticsearch.cluster.block.ClusterBlockLevel;
import org.elasticsearch.cluster.node.DiscoveryNode;
import org.elasticsearch.cluster.routing.RerouteService;
import org.elasticsearch.cluster.service.ClusterService;
import org.elasticsearch.common.Priority;
import org.elasticsearch.common.io.stream.StreamInput;
import org.elasticsearch.common.io.stream.StreamOutput;
import org.elasticsearch.common.util.concurrent.EsExecutors;
import org.elasticsearch.core.TimeValue;
import org.elasticsearch.core.Tuple;
import org.elasticsearch.injection.guice.Inject;
import org.elasticsearch.tasks.Task;
import org.elasticsearch.threadpool.ThreadPool;
import org.elasticsearch.transport.TransportService;
import org.encore.dictionary.ListedDictionaries;
import org.encore.dictionary.ReadyNodes;

/** Lets the master list a version, or note what a node says of its own. Nodes ask it of the master; no user may. */
public final class ChangeAction extends TransportMasterNodeAction<ChangeAction.Request, ChangeAction.Answer> {
    public static final ActionType<Answer> TYPE = new ActionType<>("internal:encore/dictionary/change");

    private final ClusterUpdates updates;
    private final RerouteService reroute;

    @Inject
    public ChangeAction(
            TransportService transport,
            ClusterService cluster,
            ThreadPool threads,
            ActionFilters filters,
            DictionaryService service) {
        super(
                TYPE.name(),
                transport,
                cluster,
                threads,
                filters,
                Request::new,
                Answer::new,
                EsExecutors.DIRECT_EXECUTOR_SERVICE);
        this.updates = new ClusterUpdates(cluster);
        this.reroute = service.reroute();
    }

    /** Either a version to be listed, or a node's word. */
    static final class Request extends MasterNodeRequest<Request> {
        private final String subject;
        private final ListedDictionaries.Listed listed;
        private final Map<String, String> said;

        private Request(String subject, ListedDictionaries.Listed listed, Map<String, String> said, TimeValue patience) {
            super(patience);
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
            said = in.readMap(StreamInput::readString);
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
            out.writeMap(said, StreamOutput::writeString);
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
    protected void masterOperation(Task task, Request request, ClusterState state, ActionListener<Answer> listener) {
        ActionListener<Boolean> done = listener.map(Answer::new);
        if (request.listed != null) {
            String source = "encore: list dictionary [" + request.subject + "]";
            updates.submit(source, now -> list(request, now), request.masterNodeTimeout(), done);
        } else {
            updates.submit(
                    "encore: dictionaries of a node",
                    now -> note(request, now),
                    request.masterNodeTimeout(),
                    done.delegateFailureAndWrap((next, changed) -> {
                        if (changed) { // shards may have waited for it
                            reroute.reroute("a node's dictionaries", Priority.NORMAL, ActionListener.noop());
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
    protected ClusterBlockException checkBlock(Request request, ClusterState state) {
        return request.listed == null ? null : state.blocks().globalBlockedException(ClusterBlockLevel.METADATA_WRITE);
    }
}
