package org.encore.elasticsearch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.lucene.util.SetOnce;
import org.elasticsearch.action.support.ActionFilter;
import org.elasticsearch.cluster.node.DiscoveryNodes;
import org.elasticsearch.cluster.routing.allocation.decider.AllocationDecider;
import org.elasticsearch.common.io.stream.NamedWriteableRegistry;
import org.elasticsearch.common.settings.ClusterSettings;
import org.elasticsearch.common.settings.Setting;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.features.NodeFeature;
import org.elasticsearch.index.IndexModule;
import org.elasticsearch.index.analysis.CharFilterFactory;
import org.elasticsearch.index.analysis.TokenFilterFactory;
import org.elasticsearch.index.analysis.TokenizerFactory;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.elasticsearch.plugins.ActionPlugin;
import org.elasticsearch.plugins.AnalysisPlugin;
import org.elasticsearch.plugins.ClusterPlugin;
import org.elasticsearch.plugins.Plugin;
import org.elasticsearch.plugins.ReloadablePlugin;
import org.elasticsearch.plugins.SearchPlugin;
import org.elasticsearch.rest.RestHandler;
import org.elasticsearch.search.fetch.FetchSubPhase;
import org.elasticsearch.xcontent.NamedXContentRegistry;
import org.encore.elasticsearch.analysis.EncoreAnalysis;
import org.encore.elasticsearch.dictionary.DictionaryDecider;
import org.encore.elasticsearch.dictionary.DictionaryHandlers;
import org.encore.elasticsearch.dictionary.DictionaryRegistrations;
import org.encore.elasticsearch.dictionary.DictionaryService;
import org.encore.elasticsearch.query.ProximityQueryBuilder;
import org.encore.elasticsearch.recall.EncoreQueryBuilder;
import org.encore.elasticsearch.recall.PlanMarks;
import org.encore.elasticsearch.recall.RecallFilter;
import org.encore.elasticsearch.recall.RecallService;
import org.encore.elasticsearch.recall.TextVectorBuilder;
import org.encore.elasticsearch.rerank.EncoreRankBuilder;
import org.encore.elasticsearch.rerank.EncoreRetrieverBuilder;
import org.encore.elasticsearch.rerank.KeptContext;
import org.encore.elasticsearch.rerank.RankedHits;
import org.encore.elasticsearch.rerank.RetrieverFilter;
import org.encore.elasticsearch.rescore.FineRankFilter;
import org.encore.elasticsearch.rescore.FineRankRescorerBuilder;
import org.encore.elasticsearch.rescore.FineRankService;
import org.encore.elasticsearch.rescore.HitMarks;
import org.encore.elasticsearch.rescore.RankerSettings;
import org.encore.elasticsearch.rescore.ShardOutcome;
import org.encore.elasticsearch.rescore.StatsAction;
import org.encore.elasticsearch.rescore.StatsHandler;
import org.encore.elasticsearch.rest.MissingRoutes;
import org.encore.elasticsearch.rest.RootHandler;

/**
 * The table of contents: what Encore adds to Elasticsearch, each line registering one thing.
 *
 * <p>It only registers. Parsing, scoring and networking live in the packages that the lines name:
 * {@code analysis} (tokenizer, filters), {@code dictionary} (its versions), {@code query} (proximity), {@code recall}
 * (the query encore), {@code rescore} (fine_rank), {@code rerank} (the retriever encore) and {@code rest} (the root
 * answer where the engine lacks it).
 */
public final class EncorePlugin extends Plugin
        implements ActionPlugin, AnalysisPlugin, ClusterPlugin, SearchPlugin, ReloadablePlugin {
    private final SetOnce<DictionaryService> dictionaries = new SetOnce<>();
    private final EncoreAnalysis analysis = new EncoreAnalysis(() -> dictionaries.get().dictionaries());
    private final SetOnce<FineRankService> fineRank = new SetOnce<>();
    private final SetOnce<RecallService> recall = new SetOnce<>();
    private MissingRoutes missingRoutes;

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
    public List<QueryVectorBuilderSpec<?>> getQueryVectorBuilders() {
        return List.of(TextVectorBuilder.spec(recall::get));
    }

    @Override
    public List<RescorerSpec<?>> getRescorers() {
        return List.of(FineRankRescorerBuilder.spec(fineRank::get));
    }

    @Override
    public List<RetrieverSpec<?>> getRetrievers() {
        return List.of(EncoreRetrieverBuilder.spec(fineRank::get));
    }

    @Override
    public List<FetchSubPhase> getFetchSubPhases(FetchPhaseConstructionContext context) {
        return List.of(new HitMarks(), new RankedHits(), new PlanMarks());
    }

    @Override
    public List<NamedWriteableRegistry.Entry> getNamedWriteables() {
        return joined(
                List.of(ShardOutcome.entry(fineRank::get), EncoreRankBuilder.entry(), KeptContext.entry()),
                DictionaryRegistrations.writeables());
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
        index.addSearchOperationListener(ShardOutcome.sender());
        index.addSearchOperationListener(KeptContext.sender());
    }

    @Override
    public Collection<ActionHandler> getActions() {
        return joined(
                List.of(new ActionHandler(StatsAction.TYPE, StatsAction.class)), DictionaryRegistrations.actions());
    }

    @Override
    public Collection<ActionFilter> getActionFilters() {
        return List.of(
                new RecallFilter(recall::get), new FineRankFilter(fineRank::get), new RetrieverFilter(fineRank::get));
    }

    @Override
    public Collection<?> createComponents(PluginServices services) {
        dictionaries.set(new DictionaryService(services));
        fineRank.set(new FineRankService(services));
        recall.set(new RecallService(services, fineRank.get().planner(), fineRank.get()::indices));
        missingRoutes = new MissingRoutes(List.of(new RootHandler(services.clusterService())));
        return List.of(missingRoutes, dictionaries.get(), fineRank.get());
    }

    @Override
    public Collection<RestHandler> getRestHandlers(
            RestHandlersServices services, Supplier<DiscoveryNodes> nodes, Predicate<NodeFeature> features) {
        missingRoutes.registerWith(services.restController());
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
