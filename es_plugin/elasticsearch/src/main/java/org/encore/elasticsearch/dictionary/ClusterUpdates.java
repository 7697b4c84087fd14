package org.encore.elasticsearch.dictionary;

import org.elasticsearch.ElasticsearchStatusException;
import org.elasticsearch.action.ActionListener;
import org.elasticsearch.cluster.ClusterState;
import org.elasticsearch.cluster.ClusterStateTaskListener;
import org.elasticsearch.cluster.SimpleBatchedExecutor;
import org.elasticsearch.cluster.service.ClusterService;
import org.elasticsearch.cluster.service.MasterServiceTaskQueue;
import org.elasticsearch.common.Priority;
import org.elasticsearch.core.TimeValue;
import org.elasticsearch.core.Tuple;
import org.elasticsearch.rest.RestStatus;
import org.encore.dictionary.DictionaryRefusal;

/** Changes of the cluster's state, made by the master one after the other. */
final class ClusterUpdates {
    private final MasterServiceTaskQueue<Update> queue;

    ClusterUpdates(ClusterService cluster) {
        queue = cluster.createTaskQueue("encore-dictionary", Priority.NORMAL, new Executor());
    }

    /** A change that yields a value; it sees the newest state, and is quick. */
    interface Change {
        Tuple<ClusterState, Boolean> apply(ClusterState state);
    }

    /** Makes a change; the listener hears its value once every node has applied the new state. */
    void submit(String source, Change change, TimeValue patience, ActionListener<Boolean> listener) {
        queue.submitTask(source, new Update(change, listener), patience);
    }

    /** A refusal in the engine's own form, which keeps its status from node to node. */
    static ElasticsearchStatusException engines(DictionaryRefusal refusal) {
        return new ElasticsearchStatusException(refusal.getMessage(), RestStatus.fromCode(refusal.status()));
    }

    private record Update(Change change, ActionListener<Boolean> listener) implements ClusterStateTaskListener {
        @Override
        public void onFailure(Exception e) {
            listener.onFailure(e instanceof DictionaryRefusal refusal ? engines(refusal) : e);
        }
    }

    private static final class Executor extends SimpleBatchedExecutor<Update, Boolean> {
        @Override
        public Tuple<ClusterState, Boolean> executeTask(Update update, ClusterState state) {
            return update.change().apply(state);
        }

        @Override
        public void taskSucceeded(Update update, Boolean changed) {
            update.listener().onResponse(changed);
        }
    }
}
