package org.encore.elasticsearch.rescore;

import java.util.Collection;
import javax.net.ssl.SSLContext;
import org.elasticsearch.action.search.SearchRequest;
import org.elasticsearch.cluster.ClusterState;
import org.elasticsearch.cluster.metadata.IndexMetadata;
import org.elasticsearch.cluster.service.ClusterService;
import org.elasticsearch.common.component.AbstractLifecycleComponent;
import org.elasticsearch.common.settings.ClusterSettings;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.common.util.concurrent.ThreadContext;
import org.elasticsearch.core.TimeValue;
import org.elasticsearch.plugins.Plugin.PluginServices;
import org.elasticsearch.search.SearchService;
import org.encore.plan.PlanClient;
import org.encore.plan.PlanStatistics;
import org.encore.plan.Planner;
import org.encore.rank.RankStatistics;
import org.encore.rank.RankerClient;
import org.encore.rerank.GlobalRanker;
import org.encore.rerank.SearchedIndices;
import org.encore.rescore.FineRankShared;
import org.encore.rescore.SearchTraces;

/**
 * What fine ranking shares on one node: the client with its connections, the counters, the traces between
 * phases. Lives as long as the node; takes changed settings while it runs.
 */
public final class FineRankService extends AbstractLifecycleComponent {
    private final ClusterService cluster;
    private final ThreadContext threadContext;
    private final FineRankShared shared;
    private final FineRankClock clock;
    private final GlobalRanker globalRanker;
    private final Planner planner;

    private volatile String token;
    private volatile TimeValue defaultSearchTimeout;

    /**
     * Reads the node's settings.
     *
     * @throws IllegalArgumentException a ranker's address is wrong, or not allowed without https and token; a file of
     *     certificates is none
     */
    public FineRankService(PluginServices services) {
        Settings settings = services.environment().settings();
        this.cluster = services.clusterService();
        this.threadContext = services.threadPool().getThreadContext();
        this.clock = new FineRankClock(
                services.indexNameExpressionResolver(), services.projectResolver(), System::currentTimeMillis);
        this.token = RankerSettings.token(settings);
        RankStatistics statistics = new RankStatistics();
        SSLContext tls = RankerSettings.tls(settings, services.environment().configDir());
        RankerClient client = new RankerClient(RankerSettings.options(settings, token), statistics, tls);
        this.shared = new FineRankShared(client, statistics, new SearchTraces(System::nanoTime));
        this.globalRanker = new GlobalRanker(client, statistics);
        PlanStatistics plans = new PlanStatistics();
        this.planner = new Planner(new PlanClient(client, plans, tls), plans, System::currentTimeMillis);
        this.defaultSearchTimeout = SearchService.DEFAULT_SEARCH_TIMEOUT_SETTING.get(settings);
        ClusterSettings changes = cluster.getClusterSettings();
        changes.addSettingsUpdateConsumer(
                this::configure,
                RankerSettings.dynamic(),
                changed -> RankerSettings.options(changed, token));
        changes.addSettingsUpdateConsumer(
                SearchService.DEFAULT_SEARCH_TIMEOUT_SETTING, timeout -> defaultSearchTimeout = timeout);
    }

    private synchronized void configure(Settings changed) {
        shared.client().configure(RankerSettings.options(changed, token));
    }

    /**
     * Takes the token from secure settings that were read anew.
     *
     * @throws IllegalArgumentException it is none, or an address is not allowed without one; the old one stays
     */
    public synchronized void reload(Settings settings) {
        String read = RankerSettings.token(settings);
        shared.client().configure(shared.client().options().withToken(read));
        token = read;
    }

    FineRankShared shared() {
        return shared;
    }

    /** Asks the same rankers for plans. */
    public Planner planner() {
        return planner;
    }

    FineRankClock clock() {
        return clock;
    }

    /** Ranks global windows by the same client, which guards all calls of the node together. */
    public GlobalRanker globalRanker() {
        return globalRanker;
    }

    /** The indices that a search names, as far as they are this cluster's. */
    public Collection<IndexMetadata> indices(SearchRequest search) {
        return clock.indices(search, cluster.state());
    }

    /** The indices that a search by the object {@code owner} names. */
    public SearchedIndices searched(String owner, SearchRequest search) {
        return clock.searched(owner, search, cluster.state());
    }

    /** UTC milliseconds on the clock of those. */
    public long now(SearchedIndices searched) {
        return clock.now(searched);
    }

    /** The context of the node's threads. */
    public ThreadContext threadContext() {
        return threadContext;
    }

    ClusterState clusterState() {
        return cluster.state();
    }

    /** The timeout of a search that names none; −1 for none. */
    public TimeValue defaultSearchTimeout() {
        return defaultSearchTimeout;
    }

    @Override
    protected void doStart() {}

    @Override
    protected void doStop() {}

    @Override
    protected void doClose() {
        planner.close();
        shared.client().close();
    }
}
