package org.encore.opensearch.rescore;

import javax.net.ssl.SSLContext;
import org.encore.plan.PlanClient;
import org.encore.plan.PlanStatistics;
import org.encore.plan.Planner;
import org.encore.rank.RankStatistics;
import org.encore.rank.RankerClient;
import org.encore.rerank.GlobalRanker;
import org.encore.rerank.SearchedIndices;
import org.encore.rescore.FineRankShared;
import org.encore.rescore.SearchTraces;
import org.opensearch.action.search.SearchRequest;
import org.opensearch.cluster.ClusterState;
import org.opensearch.cluster.metadata.IndexNameExpressionResolver;
import org.opensearch.cluster.service.ClusterService;
import org.opensearch.common.lifecycle.AbstractLifecycleComponent;
import org.opensearch.common.settings.ClusterSettings;
import org.opensearch.common.settings.Settings;
import org.opensearch.common.unit.TimeValue;
import org.opensearch.common.util.concurrent.ThreadContext;
import org.opensearch.core.common.io.stream.NamedWriteableRegistry;
import org.opensearch.env.Environment;
import org.opensearch.search.SearchService;
import org.opensearch.threadpool.ThreadPool;

/**
 * What fine ranking shares on one node: the client with its connections, the counters, the traces between
 * phases. Lives as long as the node; takes changed settings while it runs.
 */
public final class FineRankService extends AbstractLifecycleComponent {
    private final ClusterService cluster;
    private final ThreadContext threadContext;
    private final FineRankShared shared;
    private final FineRankClock clock;
    private final Planner planner;
    private final GlobalRanker globalRanker;

    private volatile String token;
    private volatile TimeValue defaultSearchTimeout;

    /**
     * Reads the node's settings.
     *
     * @throws IllegalArgumentException a ranker's address is wrong, or not allowed without https and token; a file of
     *     certificates is none
     */
    public FineRankService(
            ClusterService cluster,
            ThreadPool threads,
            Environment environment,
            NamedWriteableRegistry writeables,
            IndexNameExpressionResolver names) {
        Settings settings = environment.settings();
        this.cluster = cluster;
        this.threadContext = threads.getThreadContext();
        this.clock = new FineRankClock(names, writeables, System::currentTimeMillis);
        this.token = RankerSettings.token(settings);
        RankStatistics statistics = new RankStatistics();
        SSLContext tls = RankerSettings.tls(settings, environment.configDir());
        RankerClient client = new RankerClient(RankerSettings.options(settings, token), statistics, tls);
        this.shared = new FineRankShared(client, statistics, new SearchTraces(System::nanoTime));
        PlanStatistics plans = new PlanStatistics();
        this.planner = new Planner(new PlanClient(client, plans, tls), plans, System::currentTimeMillis);
        this.globalRanker = new GlobalRanker(client, statistics);
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
