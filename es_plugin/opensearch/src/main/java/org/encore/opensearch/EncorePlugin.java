package org.encore.opensearch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.lucene.util.SetOnce;
import org.encore.opensearch.analysis.EncoreAnalysis;
import org.encore.opensearch.dictionary.DictionaryDecider;
import org.encore.opensearch.dictionary.DictionaryHandlers;
import org.encore.opensearch.dictionary.DictionaryRegistrations;
import org.encore.opensearch.dictionary.DictionaryService;
import org.encore.opensearch.query.ProximityQueryBuilder;
import org.encore.opensearch.recall.EncoreQueryBuilder;
import org.encore.opensearch.recall.PlanMarks;
import org.encore.opensearch.recall.RecallFilter;
import org.encore.opensearch.recall.RecallService;
import org.encore.opensearch.rerank.RerankExt;
import org.encore.opensearch.rerank.RerankFilter;
import org.encore.opensearch.rerank.RerankRequestProcessor;
import org.encore.opensearch.rerank.RerankResponseProcessor;
import org.encore.opensearch.rescore.FineRankFilter;
import org.encore.opensearch.rescore.FineRankRescorerBuilder;
import org.encore.opensearch.rescore.FineRankService;
import org.encore.opensearch.rescore.HitMarks;
import org.encore.opensearch.rescore.RankerSettings;
import org.encore.opensearch.rescore.SearchBinding;
import org.encore.opensearch.rescore.StatsAction;
import org.encore.opensearch.rescore.StatsHandler;
import org.opensearch.action.support.ActionFilter;
import org.opensearch.cluster.metadata.IndexNameExpressionResolver;
import org.opensearch.cluster.node.DiscoveryNodes;
import org.opensearch.cluster.routing.allocation.decider.AllocationDecider;
import org.opensearch.cluster.service.ClusterService;
import org.opensearch.common.settings.ClusterSettings;
import org.opensearch.common.settings.IndexScopedSettings;
import org.opensearch.common.settings.Setting;
import org.opensearch.common.settings.Settings;
import org.opensearch.common.settings.SettingsFilter;
import org.opensearch.core.common.io.stream.NamedWriteableRegistry;
import org.opensearch.core.xcontent.NamedXContentRegistry;
import org.opensearch.env.Environment;
import org.opensearch.env.NodeEnvironment;
import org.opensearch.index.IndexModule;
import org.opensearch.index.analysis.CharFilterFactory;
import org.opensearch.index.analysis.TokenFilterFactory;
import org.opensearch.index.analysis.TokenizerFactory;
import org.opensearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.opensearch.plugins.ActionPlugin;
import org.opensearch.plugins.AnalysisPlugin;
import org.opensearch.plugins.ClusterPlugin;
import org.opensearch.plugins.Plugin;
import org.opensearch.plugins.ReloadablePlugin;
import org.opensearch.plugins.SearchPipelinePlugin;
import org.opensearch.plugins.SearchPlugin;
import org.opensearch.repositories.RepositoriesService;
import org.opensearch.rest.RestController;
import org.opensearch.rest.RestHandler;
import org.opensearch.script.ScriptService;
import org.opensearch.search.fetch.FetchSubPhase;
import org.opensearch.search.pipeline.Processor;
import org.opensearch.search.pipeline.SearchRequestProcessor;
import org.opensearch.search.pipeline.SearchResponseProcessor;
import org.opensearch.threadpool.ThreadPool;
import org.opensearch.transport.client.Client;
import org.opensearch.watcher.ResourceWatcherService;

/**
 * The table of contents: what Encore adds to OpenSearch, each line registering one thing.
 *
 * <p>It only registers. Parsing, scoring and networking live in the packages that the lines name:
 * {@code analysis} (tokenizer, filters), {@code dictionary} (its versions), {@code query} (proximity), {@code recall}
 * (the query encore), {@code rescore} (fine_rank) and {@code rerank} (the pipeline processors encore_rerank).
 */
public final class EncorePlugin extends Plugin
        implements ActionPlugin, AnalysisPlugin, ClusterPlugin, SearchPlugin, SearchPipelinePlugin, ReloadablePlugin {
    private final SetOnce<DictionaryService> dictionaries = new SetOnce<>();
    private final EncoreAnalysis analysis = new EncoreAnalysis(() -> dictionaries.get().dictionaries());
    private final SetOnce<FineRankService> fineRank = new SetOnce<>();
    private final SetOnce<RecallService> recall = new SetOnce<>();

    @Override
    public List<Setting<?>> getSettings() {
        return RankerSettings.all();
    }

    @Override
    public Map<String, AnalysisProvider<TokenizerFactory>> getTokenizers() {
        return analysis.tokenizers();
    }

    @Override
    public Map<String, AnalysisProvider<TokenFilterFactory>> getTokenFilters() {
        return analysis.tokenFilters();
    }

    @Override
    public Map<String, AnalysisProvider<CharFilterFactory>> getCharFilters() {
        return analysis.charFilters();
    }

    @Override
    public List<QuerySpec<?>> getQueries() {
        List<QuerySpec<?>> queries = new ArrayList<>(EncoreQueryBuilder.specs(recall::get));
        queries.add(new QuerySpec<>(
                ProximityQueryBuilder.NAME, ProximityQueryBuilder::new, ProximityQueryBuilder::fromXContent));
        return queries;
    }

    @Override
    public List<RescorerSpec<?>> getRescorers() {
        return List.of(FineRankRescorerBuilder.spec(fineRank::get));
    }

    @Override
    public List<SearchExtSpec<?>> getSearchExts() {
        return List.of(RerankExt.spec());
    }

    @Override
    public Map<String, Processor.Factory<SearchRequestProcessor>> getRequestProcessors(Parameters parameters) {
        return Map.of(RerankExt.NAME, RerankRequestProcessor.factory(fineRank::get));
    }

    @Override
    public Map<String, Processor.Factory<SearchResponseProcessor>> getResponseProcessors(Parameters parameters) {
        return Map.of(RerankExt.NAME, RerankResponseProcessor.factory(fineRank::get));
    }

    @Override
    public List<FetchSubPhase> getFetchSubPhases(FetchPhaseConstructionContext context) {
        return List.of(new HitMarks(), new PlanMarks());
    }

    @Override
    public List<NamedWriteableRegistry.Entry> getNamedWriteables() {
        return DictionaryRegistrations.writeables();
    }

    @Override
    public List<NamedXContentRegistry.Entry> getNamedXContent() {
        return DictionaryRegistrations.contents();
    }

    @Override
    public Collection<AllocationDecider> createAllocationDeciders(Settings settings, ClusterSettings clusterSettings) {
        return List.of(new DictionaryDecider());
    }

    @Override
    public void onIndexModule(IndexModule index) {
        index.addSearchOperationListener(new SearchBinding());
    }

    @Override
    public List<ActionHandler<?, ?>> getActions() {
        return joined(
                List.of(new ActionHandler<>(StatsAction.TYPE, StatsAction.class)), DictionaryRegistrations.actions());
    }

    @Override
    public List<ActionFilter> getActionFilters() {
        return List.of(
                new RecallFilter(recall::get), new FineRankFilter(fineRank::get), new RerankFilter(fineRank::get));
    }

    @Override
    public Collection<Object> createComponents(
            Client client,
            ClusterService clusterService,
            ThreadPool threadPool,
            ResourceWatcherService resourceWatcherService,
            ScriptService scriptService,
            NamedXContentRegistry xContentRegistry,
            Environment environment,
            NodeEnvironment nodeEnvironment,
            NamedWriteableRegistry namedWriteableRegistry,
            IndexNameExpressionResolver indexNameExpressionResolver,
            Supplier<RepositoriesService> repositoriesServiceSupplier) {
        dictionaries.set(
                new DictionaryService(client, clusterService, threadPool, environment, nodeEnvironment));
        fineRank.set(new FineRankService(
                clusterService, threadPool, environment, namedWriteableRegistry, indexNameExpressionResolver));
        recall.set(new RecallService(
                clusterService,
                threadPool,
                namedWriteableRegistry,
                indexNameExpressionResolver,
                fineRank.get().planner()));
        return List.of(dictionaries.get(), fineRank.get());
    }

    @Override
    public List<RestHandler> getRestHandlers(
            Settings settings,
            RestController restController,
            ClusterSettings clusterSettings,
            IndexScopedSettings indexScopedSettings,
            SettingsFilter settingsFilter,
            IndexNameExpressionResolver indexNameExpressionResolver,
            Supplier<DiscoveryNodes> nodesInCluster) {
        return joined(List.of(new StatsHandler()), DictionaryHandlers.all());
    }

    private static <T> List<T> joined(List<? extends T> some, List<? extends T> more) {
        return Stream.<T>concat(some.stream(), more.stream()).toList();
    }

    @Override
    public void reload(Settings settings) {
        fineRank.get().reload(settings);
    }
}
