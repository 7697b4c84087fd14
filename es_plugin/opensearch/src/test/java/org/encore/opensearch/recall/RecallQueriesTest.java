package org.encore.opensearch.recall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import java.util.Map;
import org.encore.plan.Recall;
import org.encore.plan.RecallClause;
import org.encore.plan.RecallRequest;
import org.encore.plan.Route;
import org.junit.jupiter.api.Test;
import org.opensearch.common.xcontent.XContentHelper;
import org.opensearch.common.xcontent.json.JsonXContent;
import org.opensearch.core.common.Strings;
import org.opensearch.core.xcontent.MediaTypeRegistry;
import org.opensearch.core.xcontent.NamedXContentRegistry;
import org.opensearch.index.query.MatchAllQueryBuilder;
import org.opensearch.index.query.QueryBuilder;

class RecallQueriesTest {
    private static final Recall WORDS = Recall.of(new RecallRequest("晴天", null, Map.of(), Route.all()), null);

    private static Map<?, ?> written(QueryBuilder query) {
        return XContentHelper.convertToMap(JsonXContent.jsonXContent, Strings.toString(MediaTypeRegistry.JSON, query), false);
    }

    /** The value at a path of names and, in lists, of numbers. */
    private static Object at(Object json, Object... path) {
        Object value = json;
        for (Object step : path) {
            value = step instanceof Integer index ? ((List<?>) value).get(index) : ((Map<?, ?>) value).get(step);
        }
        return value;
    }

    @Test
    void wordsAreTheCoarseQuery() {
        Map<?, ?> whole = written(RecallQueries.of(WORDS, List.of(), true, NamedXContentRegistry.EMPTY));
        assertEquals("coarse_score", at(whole, "function_score", "_name"));
        Object found = at(whole, "function_score", "query", "bool");
        assertEquals("晴天", at(found, "must", 0, "multi_match", "query"));
        assertEquals("cross_fields", at(found, "must", 0, "multi_match", "type"));
        assertEquals("encore.text", at(found, "must", 0, "multi_match", "_name"));
        assertEquals(4.0, at(found, "should", 0, "proximity", "title.cut", "boost"));
        assertEquals("encore.proximity", at(found, "should", 0, "proximity", "title.cut", "_name"));
        Object popular = at(whole, "function_score", "functions", 1, "field_value_factor");
        assertEquals("popularity", at(popular, "field"));
        assertEquals("multiply", at(whole, "function_score", "boost_mode"));
        assertEquals("sum", at(whole, "function_score", "score_mode"));
    }

    @Test
    void withoutNamesNothingIsNamed() {
        String whole = Strings.toString(
                MediaTypeRegistry.JSON, RecallQueries.of(WORDS, List.of(new MatchAllQueryBuilder()), false, NamedXContentRegistry.EMPTY));
        assertFalse(whole.contains("_name"), whole);
    }

    @Test
    void filtersOfRequestAndPlanStandTogether() {
        Recall filtered = new Recall(
                WORDS.found(),
                WORDS.popularity(),
                List.of(new RecallClause.Filter(Recall.FILTER, "tags.keyword", List.of("现场", "live"))));
        Object filter = at(
                written(RecallQueries.of(filtered, List.of(new MatchAllQueryBuilder()), true, NamedXContentRegistry.EMPTY)),
                "function_score", "query", "bool", "filter", 0, "bool");
        assertEquals("encore.filter", at(filter, "_name"));
        assertEquals(Map.of("boost", 1.0), at(filter, "filter", 0, "match_all"));
        assertEquals(List.of("现场", "live"), at(filter, "filter", 1, "terms", "tags.keyword"));
    }

    @Test
    void noRouteFindsNothing() {
        Recall nothing = new Recall(List.of(), WORDS.popularity(), List.of());
        assertEquals(
                Map.of("boost", 1.0),
                at(written(RecallQueries.of(nothing, List.of(), true, NamedXContentRegistry.EMPTY)), "function_score", "query", "match_none"));
    }
}
