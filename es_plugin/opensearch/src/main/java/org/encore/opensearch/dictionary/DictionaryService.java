package org.encore.opensearch.dictionary;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.opensearch.transport.client.Client;
import org.opensearch.cluster.ClusterChangedEvent;
import org.opensearch.cluster.ClusterState;
import org.opensearch.cluster.ClusterStateListener;
import org.opensearch.cluster.metadata.IndexMetadata;
import org.opensearch.cluster.node.DiscoveryNode;
import org.opensearch.cluster.service.ClusterService;
import org.opensearch.common.lifecycle.AbstractLifecycleComponent;
import org.opensearch.common.settings.Settings;
import org.opensearch.common.unit.TimeValue;
import org.opensearch.env.Environment;
import org.opensearch.env.NodeEnvironment;
import org.opensearch.gateway.GatewayService;
import org.opensearch.threadpool.ThreadPool;
import org.encore.dictionary.ClusterView;
import org.encore.dictionary.DictionaryKeeper;
import org.encore.dictionary.DictionaryStore;
import org.encore.dictionary.IndexDictionaries;
import org.encore.dictionary.NodeDictionaries;

/** A node's dictionaries, kept as the cluster's state wants them. */
public final class DictionaryService extends AbstractLifecycleComponent implements ClusterStateListener {
    private static final Logger logger = LogManager.getLogger(DictionaryService.class);

    private final ClusterService cluster;
    private final ThreadPool threads;
    private final Client client;
    private final NodeDictionaries dictionaries;
    private final RemoteNodes nodes;
    private final DictionaryKeeper keeper;
    private final BreakerRoom room = new BreakerRoom();
    private final IndexDictionaries indices = new IndexDictionaries();

    /** Looks which dictionaries the node has; will keep them up from its start on. */
    public DictionaryService(
            Client client, ClusterService cluster, ThreadPool threads, Environment environment, NodeEnvironment node) {
        this.cluster = cluster;
        this.threads = threads;
        this.dictionaries = new NodeDictionaries(
                new DictionaryStore(folder(environment.configDir()), folder(node.nodeDataPaths()[0])), room);
        this.client = client;
        this.nodes = new RemoteNodes(client, cluster, threads);
        this.keeper = new DictionaryKeeper(dictionaries, nodes, new Threads(), new Log());
    }

    /** What analyzers name. */
    public NodeDictionaries dictionaries() {
        return dictionaries;
    }

    DictionaryKeeper keeper() {
        return keeper;
    }

    Client client() {
        return client;
    }

    BreakerRoom room() {
        return room;
    }

    RemoteNodes nodes() {
        return nodes;
    }

    /** The versions that an index's settings name. */
    static Set<String> versions(IndexDictionaries indices, IndexMetadata index) {
        Settings settings = index.getSettings();
        return indices.of(index.getIndexUUID(), index.getSettingsVersion(), settings.keySet(), settings::get);
    }

    /** By version: the indices whose settings name it. */
    static Map<String, Set<String>> users(IndexDictionaries indices, ClusterState state) {
        Map<String, Set<String>> users = new TreeMap<>();
        for (IndexMetadata index : state.metadata()) {
            for (String version : versions(indices, index)) {
                users.computeIfAbsent(version, name -> new TreeSet<>()).add(index.getIndex().getName());
            }
        }
        return users;
    }

    /** What dictionaries see of a state. */
    ClusterView view(ClusterState state) {
        List<ClusterView.Peer> all = new ArrayList<>();
        for (DiscoveryNode node : state.nodes()) {
            all.add(new ClusterView.Peer(node.getId(), node.getEphemeralId(), node.getName()));
        }
        return new ClusterView(
                !state.blocks().hasGlobalBlock(GatewayService.STATE_NOT_RECOVERED_BLOCK),
                state.nodes().getClusterManagerNode() != null,
                state.nodes().getLocalNode().isDataNode(),
                state.nodes().getLocalNode().getEphemeralId(),
                all,
                ListedMetadata.of(state),
                users(indices, state),
                ReadyState.of(state));
    }

    @Override
    public void clusterChanged(ClusterChangedEvent event) {
        keeper.view(view(event.state()));
    }

    @Override
    protected void doStart() {
        cluster.addListener(this);
    }

    @Override
    protected void doStop() {
        cluster.removeListener(this);
        keeper.close();
    }

    @Override
    protected void doClose() {}

    private static Path folder(Path root) {
        return root.resolve("encore").resolve("dictionary");
    }

    private final class Threads implements DictionaryKeeper.Threads {
        @Override
        public void run(Runnable work) {
            threads.generic().execute(work);
        }

        @Override
        public void later(Runnable work, long milliseconds) {
            threads.scheduleUnlessShuttingDown(
                    TimeValue.timeValueMillis(milliseconds), ThreadPool.Names.GENERIC, work);
        }
    }

    private static final class Log implements DictionaryKeeper.Log {
        @Override
        public void done(String message) {
            logger.info(message);
        }

        @Override
        public void failed(String message) {
            logger.warn(message);
        }
    }
}
