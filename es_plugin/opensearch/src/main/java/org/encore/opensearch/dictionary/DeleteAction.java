package org.encore.opensearch.dictionary;

import java.io.IOException;
import java.util.Set;
import org.opensearch.core.action.ActionListener;
import org.opensearch.action.ActionRequestValidationException;
import org.opensearch.action.ActionType;
import org.opensearch.action.support.ActionFilters;
import org.opensearch.action.support.clustermanager.ClusterManagerNodeRequest;
import org.opensearch.action.support.clustermanager.TransportClusterManagerNodeAction;
import org.opensearch.cluster.ClusterState;
import org.opensearch.cluster.metadata.IndexNameExpressionResolver;
import org.opensearch.cluster.block.ClusterBlockException;
import org.opensearch.cluster.block.ClusterBlockLevel;
import org.opensearch.cluster.service.ClusterService;
import org.opensearch.core.common.io.stream.StreamInput;
import org.opensearch.core.common.io.stream.StreamOutput;
import org.opensearch.common.unit.TimeValue;
import org.opensearch.common.collect.Tuple;
import org.opensearch.common.inject.Inject;
import org.opensearch.core.rest.RestStatus;
import org.opensearch.threadpool.ThreadPool;
import org.opensearch.transport.TransportService;
import org.encore.dictionary.ClusterView;
import org.encore.dictionary.DictionaryRefusal;
import org.encore.dictionary.DictionaryReport;
import org.encore.dictionary.IndexDictionaries;
import org.encore.dictionary.ListedDictionaries;

/** Takes a version off the cluster's list, whereupon every node deletes its copy; refused while an index names it. */
public final class DeleteAction extends TransportClusterManagerNodeAction<DeleteAction.Request, MapAnswer> {
    public static final ActionType<MapAnswer> TYPE = new ActionType<>("cluster:admin/encore/dictionary/delete", MapAnswer::new);

    private final ClusterUpdates updates;
    private final IndexDictionaries indices = new IndexDictionaries();

    @Inject
    public DeleteAction(
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
    }

    /** Which version. */
    static final class Request extends ClusterManagerNodeRequest<Request> {
        private final String version;

        Request(String version, TimeValue patience) {
            clusterManagerNodeTimeout(patience);
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
    protected void clusterManagerOperation(Request request, ClusterState state, ActionListener<MapAnswer> listener) {
        updates.submit(
                "encore: delete dictionary [" + request.version + "]",
                now -> delete(request.version, now),
                request.clusterManagerNodeTimeout(),
                ActionListener.map(
                        listener, done -> new MapAnswer(RestStatus.OK, DictionaryReport.deleted(request.version))));
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
    protected String executor() {
        return ThreadPool.Names.SAME;
    }

    @Override
    protected MapAnswer read(StreamInput in) throws IOException {
        return new MapAnswer(in);
    }

    @Override
    protected ClusterBlockException checkBlock(Request request, ClusterState state) {
        return state.blocks().globalBlockedException(ClusterBlockLevel.METADATA_WRITE);
    }
}
