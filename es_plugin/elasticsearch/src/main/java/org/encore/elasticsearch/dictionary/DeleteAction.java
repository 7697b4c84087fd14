package org.encore.elasticsearch.dictionary;

import java.io.IOException;
import java.util.Set;
import org.elasticsearch.action.ActionListener;
import org.elasticsearch.action.ActionRequestValidationException;
import org.elasticsearch.action.ActionType;
import org.elasticsearch.action.support.ActionFilters;
import org.elasticsearch.action.support.master.MasterNodeRequest;
import org.elasticsearch.action.support.master.TransportMasterNodeAction;
import org.elasticsearch.cluster.ClusterState;
import org.elasticsearch.cluster.block.ClusterBlockException;
import org.elasticsearch.cluster.block.ClusterBlockLevel;
import org.elasticsearch.cluster.service.ClusterService;
import org.elasticsearch.common.io.stream.StreamInput;
import org.elasticsearch.common.io.stream.StreamOutput;
import org.elasticsearch.common.util.concurrent.EsExecutors;
import org.elasticsearch.core.TimeValue;
import org.elasticsearch.core.Tuple;
import org.elasticsearch.injection.guice.Inject;
import org.elasticsearch.rest.RestStatus;
import org.elasticsearch.tasks.Task;
import org.elasticsearch.threadpool.ThreadPool;
import org.elasticsearch.transport.TransportService;
import org.encore.dictionary.ClusterView;
import org.encore.dictionary.DictionaryRefusal;
import org.encore.dictionary.DictionaryReport;
import org.encore.dictionary.IndexDictionaries;
import org.encore.dictionary.ListedDictionaries;

/** Takes a version off the cluster's list, whereupon every node deletes its copy; refused while an index names it. */
public final class DeleteAction extends TransportMasterNodeAction<DeleteAction.Request, MapAnswer> {
    public static final ActionType<MapAnswer> TYPE = new ActionType<>("cluster:admin/encore/dictionary/delete");

    private final ClusterUpdates updates;
    private final IndexDictionaries indices = new IndexDictionaries();

    @Inject
    public DeleteAction(TransportService transport, ClusterService cluster, ThreadPool threads, ActionFilters filters) {
        super(
                TYPE.name(),
                transport,
                cluster,
                threads,
                filters,
                Request::new,
                MapAnswer::new,
                EsExecutors.DIRECT_EXECUTOR_SERVICE);
        this.updates = new ClusterUpdates(cluster);
    }

    /** Which version. */
    static final class Request extends MasterNodeRequest<Request> {
        private final String version;

        Request(String version, TimeValue patience) {
            super(patience);
            this.version = version;
        }

        Request(StreamInput in) throws IOException {
            super(in);
            version = in.readString();
        }

        @Override
        public void writeTo(StreamOutput out) throws IOException {
            super.writeTo(out);
            out.writeString(version);
        }

        @Override
        public ActionRequestValidationException validate() {
            return null;
        }
    }

    @Override
    protected void masterOperation(Task task, Request request, ClusterState state, ActionListener<MapAnswer> listener) {
        updates.submit(
                "encore: delete dictionary [" + request.version + "]",
                now -> delete(request.version, now),
                request.masterNodeTimeout(),
                listener.map(done -> new MapAnswer(RestStatus.OK, DictionaryReport.deleted(request.version))));
    }

    private Tuple<ClusterState, Boolean> delete(String version, ClusterState state) {
        ListedDictionaries listed = ListedMetadata.of(state);
        Set<String> users = DictionaryService.users(indices, state).getOrDefault(version, Set.of());
        ListedDictionaries fewer = listed.without(version, users);
        if (fewer.equals(listed)) {
            throw ClusterView.known(version, ReadyState.of(state))
                    ? DictionaryRefusal.notListed(version)
                    : DictionaryRefusal.missing(version);
        }
        return Tuple.tuple(ListedMetadata.put(state, fewer), true);
    }

    @Override
    protected ClusterBlockException checkBlock(Request request, ClusterState state) {
        return state.blocks().globalBlockedException(ClusterBlockLevel.METADATA_WRITE);
    }
}
