package org.encore.opensearch.dictionary;

import org.encore.dictionary.DictionaryRefusal;
import org.opensearch.OpenSearchStatusException;
import org.opensearch.cluster.ClusterState;
import org.opensearch.cluster.ClusterStateUpdateTask;
import org.opensearch.cluster.service.ClusterService;
import org.opensearch.common.Priority;
import org.opensearch.common.collect.Tuple;
import org.opensearch.common.unit.TimeValue;
import org.opensearch.core.action.ActionListener;
import org.opensearch.core.rest.RestStatus;

/** Changes of the cluster's state, made by the master one after the other. */
final class ClusterUpdates {
    private final ClusterService cluster;

    ClusterUpdates(ClusterService cluster) {
        this.cluster = cluster;
    }

    /** A change that yields a value; it sees the newest state, and is quick. */
    interface Change {
        Tuple<ClusterState, Boolean> apply(ClusterState state);
    }

    /** Makes a change; the listener hears its value once every node has applied the new state. */
    void submit(String source, Change change, TimeValue patience, ActionListener<Boolean> listener) {
        cluster.submitStateUpdateTask(source, new Update(change, patience, listener));
    }

    /** A refusal in the engine's own form, which keeps its status from node to node. */
    static OpenSearchStatusException engines(DictionaryRefusal refusal) {
        return new OpenSearchStatusException(refusal.getMessage(), RestStatus.fromCode(refusal.status()));
    }

    private static final class Update extends ClusterStateUpdateTask {
        private final Change change;
        private final TimeValue patience;
        private final ActionListener<Boolean> listener;
        private boolean changed;

        Update(Change change, TimeValue patience, ActionListener<Boolean> listener) {
            super(Priority.NORMAL);
            this.change = change;
            this.patience = patience;
            this.listener = listener;
        }

        @Override
        public TimeValue timeout() {
            return patience;
        }

        @Override
        public ClusterState execute(ClusterState state) {
            Tuple<ClusterState, Boolean> result = change.apply(state);
            changed = result.v2();
            return result.v1();
        }

        @Override
        public void clusterStateProcessed(String source, ClusterState before, ClusterState after) {
            listener.onResponse(changed);
        }

        @Override
        public void onFailure(String source, Exception e) {
            listener.onFailure(e instanceof DictionaryRefusal refusal ? engines(refusal) : e);
        }
    }
}
