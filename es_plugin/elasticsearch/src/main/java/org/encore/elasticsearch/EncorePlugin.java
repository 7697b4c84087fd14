package org.encore.elasticsearch;

import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.elasticsearch.cluster.node.DiscoveryNodes;
import org.elasticsearch.features.NodeFeature;
import org.elasticsearch.plugins.ActionPlugin;
import org.elasticsearch.plugins.AnalysisPlugin;
import org.elasticsearch.plugins.Plugin;
import org.elasticsearch.plugins.SearchPlugin;
import org.elasticsearch.rest.RestHandler;
import org.encore.elasticsearch.query.ProximityQueryBuilder;
import org.encore.elasticsearch.rest.MissingRoutes;
import org.encore.elasticsearch.rest.RootHandler;

/**
 * The table of contents: what Encore adds to Elasticsearch, each line registering one thing.
 *
 * <p>It only registers. Parsing, scoring and networking live in the packages that the lines name:
 * {@code analysis} (tokenizer, filters), {@code query} (proximity), {@code rescore} (fine_rank) and
 * {@code rest} (the root answer where the engine lacks it).
 */
public final class EncorePlugin extends Plugin implements ActionPlugin, AnalysisPlugin, SearchPlugin {
    private MissingRoutes missingRoutes;

    @Override
    public List<QuerySpec<?>> getQueries() {
        return List.of(new QuerySpec<>(
                ProximityQueryBuilder.NAME, ProximityQueryBuilder::new, ProximityQueryBuilder::fromXContent));
    }

    @Override
    public Collection<?> createComponents(PluginServices services) {
        missingRoutes = new MissingRoutes(List.of(new RootHandler(services.clusterService())));
        return List.of(missingRoutes);
    }

    @Override
    public Collection<RestHandler> getRestHandlers(
            RestHandlersServices services, Supplier<DiscoveryNodes> nodes, Predicate<NodeFeature> features) {
        missingRoutes.registerWith(services.restController());
        return List.of();
    }
}
