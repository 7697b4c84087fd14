package org.encore.elasticsearch.dictionary;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.elasticsearch.client.internal.Client;
import org.elasticsearch.cluster.ClusterChangedEvent;
import org.elasticsearch.cluster.ClusterState;
import org.elasticsearch.cluster.ClusterStateListener;
import org.elasticsearch.cluster.metadata.IndexMetadata;
import org.elasticsearch.cluster.node.DiscoveryNode;
import org.elasticsearch.cluster.routing.RerouteService;
import org.elasticsearch.cluster.service.ClusterService;
import org.elasticsearch.common.component.AbstractLifecycleComponent;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.core.TimeValue;
import org.elasticsearch.env.Environment;
import org.elasticsearch.gateway.GatewayService;
import org.elasticsearch.plugins.Plugin.PluginServices;
import org.elasticsearch.threadpool.ThreadPool;
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
    private final RerouteService reroute;
    private final NodeDictionaries dictionaries;
    private final RemoteNodes nodes;
    private final DictionaryKeeper keeper;
    private final BreakerRoom room = new BreakerRoom();
    private final IndexDictionaries indices = new IndexDictionaries();

    /** Looks which dictionaries the node has; will keep them up from its start on. */
    public DictionaryService(PluginServices services) {
        this.cluster = services.clusterService();
        this.threads = services.threadPool();
        Environment environment = services.environment();
        this.dictionaries = new NodeDictionaries(
                new DictionaryStore(folder(environment.configDir()), folder(environment.dataDirs()[0])), room);
        this.client = services.client();
        this.reroute = services.rerouteService();
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

    RerouteService reroute() {
        return reroute;
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
        for (IndexMetadata index : state.metadata().indicesAllProjects()) {
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
                state.nodes().getMasterNode() != null,
                state.nodes().getLocalNode().canContainData(),
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
            threads.scheduleUnlessShuttingDown(TimeValue.timeValueMillis(milliseconds), threads.generic(), work);
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
