package org.encore.opensearch.recall;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.encore.opensearch.query.ProximityQueryBuilder;
import org.encore.plan.Recall;
import org.encore.plan.RecallClause;
import org.encore.proximity.ProximityFormula;
import org.encore.proximity.ProximityRequest;
import org.opensearch.common.lucene.search.function.CombineFunction;
import org.opensearch.common.lucene.search.function.FieldValueFactorFunction;
import org.opensearch.common.lucene.search.function.FunctionScoreQuery;
import org.opensearch.common.xcontent.LoggingDeprecationHandler;
import org.opensearch.common.xcontent.json.JsonXContent;
import org.opensearch.core.common.bytes.BytesReference;
import org.opensearch.core.xcontent.NamedXContentRegistry;
import org.opensearch.core.xcontent.ToXContent;
import org.opensearch.core.xcontent.XContentBuilder;
import org.opensearch.core.xcontent.XContentParser;
import org.opensearch.index.query.AbstractQueryBuilder;
import org.opensearch.index.query.BoolQueryBuilder;
import org.opensearch.index.query.DisMaxQueryBuilder;
import org.opensearch.index.query.MatchAllQueryBuilder;
import org.opensearch.index.query.MatchNoneQueryBuilder;
import org.opensearch.index.query.MultiMatchQueryBuilder;
import org.opensearch.index.query.Operator;
import org.opensearch.index.query.QueryBuilder;
import org.opensearch.index.query.QueryBuilders;
import org.opensearch.index.query.functionscore.FunctionScoreQueryBuilder;
import org.opensearch.index.query.functionscore.FunctionScoreQueryBuilder.FilterFunctionBuilder;
import org.opensearch.index.query.functionscore.ScoreFunctionBuilder;
import org.opensearch.index.query.functionscore.ScoreFunctionBuilders;

/** Builds the engine's queries of a {@link Recall}. */
final class RecallQueries {
    private final boolean named;
    private final List<QueryBuilder> filters;
    private final NamedXContentRegistry registry;

    private RecallQueries(boolean named, List<QueryBuilder> filters, NamedXContentRegistry registry) {
        this.named = named;
        this.filters = filters;
        this.registry = registry;
    }

    /**
     * The query of the whole.
     *
     * @param filters  the request's own, beside the recall's
     * @param named    whether its parts get their names
     * @param registry knows the queries of all plugins
     */
    static QueryBuilder of(Recall recall, List<QueryBuilder> filters, boolean named, NamedXContentRegistry registry) {
        List<QueryBuilder> all = new ArrayList<>(filters);
        for (RecallClause.Filter filter : recall.filters()) {
            all.add(QueryBuilders.termsQuery(filter.field(), filter.values()));
        }
        return new RecallQueries(named, all, registry).whole(recall);
    }

    private QueryBuilder whole(Recall recall) {
        FilterFunctionBuilder[] functions = {
            new FilterFunctionBuilder(ScoreFunctionBuilders.weightFactorFunction(1)), popularity(recall.popularity())
        };
        return name(
                new FunctionScoreQueryBuilder(filtered(found(recall)), functions)
                        .scoreMode(FunctionScoreQuery.ScoreMode.SUM)
                        .boostMode(CombineFunction.MULTIPLY),
                Recall.NAME);
    }

    private QueryBuilder filtered(QueryBuilder found) {
        if (filters.isEmpty()) {
            return found;
        }
        BoolQueryBuilder all = QueryBuilders.boolQuery();
        filters.forEach(all::filter);
        return QueryBuilders.boolQuery().must(found).filter(name(all, Recall.FILTER));
    }

    private QueryBuilder found(Recall recall) {
        List<QueryBuilder> routes = new ArrayList<>();
        for (RecallClause clause : recall.found()) {
            routes.add(route(clause));
        }
        return switch (routes.size()) {
            case 0 -> new MatchNoneQueryBuilder();
            case 1 -> routes.get(0);
            default -> any(routes).minimumShouldMatch(1);
        };
    }

    private QueryBuilder route(RecallClause clause) {
        return switch (clause) {
            case RecallClause.Text text -> QueryBuilders.boolQuery().must(words(text)).should(near(text.near()));
            case RecallClause.Proximity near -> near(near);
            case RecallClause.Entities entities -> name(
                    any(entities.places().stream().map(RecallQueries::place).toList()), entities.name());
            case RecallClause.Vector vector -> vector(vector);
            case RecallClause.Popularity popular -> throw new IllegalArgumentException("[" + popular.name() + "] finds nothing");
            case RecallClause.Filter filter -> throw new IllegalArgumentException("[" + filter.name() + "] finds nothing");
        };
    }

    private QueryBuilder words(RecallClause.Text text) {
        return name(
                new MultiMatchQueryBuilder(text.text(), text.fields().toArray(String[]::new))
                        .type(MultiMatchQueryBuilder.Type.CROSS_FIELDS)
                        .operator(Operator.OR),
                text.name());
    }

    private QueryBuilder near(RecallClause.Proximity near) {
        ProximityRequest request = new ProximityRequest(near.field(), near.text(), null, ProximityFormula.DEFAULT);
        return name(new ProximityQueryBuilder(request).boost(near.boost()), near.name());
    }

    private static QueryBuilder place(RecallClause.Place place) {
        DisMaxQueryBuilder best = QueryBuilders.disMaxQuery();
        place.readings().forEach(reading -> best.add(reading(reading)));
        return best;
    }

    private static QueryBuilder reading(RecallClause.Reading reading) {
        BoolQueryBuilder names = QueryBuilders.boolQuery();
        for (String name : reading.names()) {
            names.should(new MultiMatchQueryBuilder(name, reading.fields().toArray(String[]::new))
                    .type(MultiMatchQueryBuilder.Type.PHRASE));
        }
        return QueryBuilders.constantScoreQuery(names).boost(reading.boost());
    }

    /** The nearest neighbours are a plugin's, whose classes another plugin does not see: its query is made as a person makes it. */
    private QueryBuilder vector(RecallClause.Vector vector) {
        try (XContentBuilder json = JsonXContent.contentBuilder()) {
            json.startObject().startObject("knn").startObject(vector.field());
            json.array("vector", vector.vector());
            json.field("k", vector.neighbours());
            json.startObject("method_parameters").field("ef_search", vector.candidates()).endObject();
            json.field("ignore_unmapped", true);
            if (!filters.isEmpty()) {
                json.startObject("filter").startObject("bool").startArray("filter");
                for (QueryBuilder filter : filters) {
                    filter.toXContent(json, ToXContent.EMPTY_PARAMS);
                }
                json.endArray().endObject().endObject();
            }
            json.endObject().endObject().endObject();
            try (XContentParser parser = JsonXContent.jsonXContent.createParser(
                    registry, LoggingDeprecationHandler.INSTANCE, BytesReference.bytes(json).streamInput())) {
                QueryBuilder nearest = AbstractQueryBuilder.parseInnerQueryBuilder(parser);
                return name(nearest.boost(vector.boost()), vector.name());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // Written to and read from memory.
        }
    }

    /** The filter passes all: it carries the name, and the function's value is the named query's score. */
    private FilterFunctionBuilder popularity(RecallClause.Popularity popular) {
        QueryBuilder all = named
                ? name(
                        new FunctionScoreQueryBuilder(new MatchAllQueryBuilder(), factor(popular)).boostMode(CombineFunction.REPLACE),
                        popular.name())
                : new MatchAllQueryBuilder();
        return new FilterFunctionBuilder(all, factor(popular));
    }

    private static ScoreFunctionBuilder<?> factor(RecallClause.Popularity popular) {
        return ScoreFunctionBuilders.fieldValueFactorFunction(popular.field())
                .factor(popular.weight())
                .modifier(FieldValueFactorFunction.Modifier.NONE)
                .missing(0);
    }

    private static BoolQueryBuilder any(List<QueryBuilder> queries) {
        BoolQueryBuilder any = QueryBuilders.boolQuery();
        queries.forEach(any::should);
        return any;
    }

    private <Q extends QueryBuilder> Q name(Q query, String name) {
        if (named) {
            query.queryName(name);
        }
        return query;
    }
}
