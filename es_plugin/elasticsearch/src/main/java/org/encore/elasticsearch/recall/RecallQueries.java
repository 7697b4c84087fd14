package org.encore.elasticsearch.recall;

import java.util.ArrayList;
import java.util.List;
import org.elasticsearch.common.lucene.search.function.CombineFunction;
import org.elasticsearch.common.lucene.search.function.FieldValueFactorFunction;
import org.elasticsearch.common.lucene.search.function.FunctionScoreQuery;
import org.elasticsearch.index.query.BoolQueryBuilder;
import org.elasticsearch.index.query.DisMaxQueryBuilder;
import org.elasticsearch.index.query.MatchAllQueryBuilder;
import org.elasticsearch.index.query.MatchNoneQueryBuilder;
import org.elasticsearch.index.query.MultiMatchQueryBuilder;
import org.elasticsearch.index.query.Operator;
import org.elasticsearch.index.query.QueryBuilder;
import org.elasticsearch.index.query.QueryBuilders;
import org.elasticsearch.index.query.functionscore.FunctionScoreQueryBuilder;
import org.elasticsearch.index.query.functionscore.FunctionScoreQueryBuilder.FilterFunctionBuilder;
import org.elasticsearch.index.query.functionscore.ScoreFunctionBuilders;
import org.elasticsearch.search.vectors.KnnVectorQueryBuilder;
import org.encore.elasticsearch.query.ProximityQueryBuilder;
import org.encore.plan.Recall;
import org.encore.plan.RecallClause;
import org.encore.proximity.ProximityFormula;
import org.encore.proximity.ProximityRequest;

/** Builds the engine's queries of a {@link Recall}. */
final class RecallQueries {
    private final boolean named;
    private final List<QueryBuilder> filters;

    private RecallQueries(boolean named, List<QueryBuilder> filters) {
        this.named = named;
        this.filters = filters;
    }

    /**
     * The query of the whole.
     *
     * @param filters the request's own, beside the recall's
     * @param named   whether its parts get their names
     */
    static QueryBuilder of(Recall recall, List<QueryBuilder> filters, boolean named) {
        List<QueryBuilder> all = new ArrayList<>(filters);
        for (RecallClause.Filter filter : recall.filters()) {
            all.add(QueryBuilders.termsQuery(filter.field(), filter.values()));
        }
        return new RecallQueries(named, all).whole(recall);
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

    private QueryBuilder vector(RecallClause.Vector vector) {
        KnnVectorQueryBuilder nearest = new KnnVectorQueryBuilder(
                vector.field(), vector.vector(), vector.neighbours(), vector.candidates(), null, null, null);
        return name(nearest.addFilterQueries(filters).boost(vector.boost()), vector.name());
    }

    /** The filter passes all: it carries the name, and the function's value is the named query's score. */
    private FilterFunctionBuilder popularity(RecallClause.Popularity popular) {
        return new FilterFunctionBuilder(
                name(new MatchAllQueryBuilder(), popular.name()),
                ScoreFunctionBuilders.fieldValueFactorFunction(popular.field())
                        .factor(popular.weight())
                        .modifier(FieldValueFactorFunction.Modifier.NONE)
                        .missing(0));
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
