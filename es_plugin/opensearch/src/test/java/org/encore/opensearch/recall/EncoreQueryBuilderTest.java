package org.encore.opensearch.recall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.encore.plan.RecallRequest;
import org.encore.plan.Route;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.opensearch.common.io.stream.BytesStreamOutput;
import org.opensearch.common.xcontent.json.JsonXContent;
import org.opensearch.core.ParseField;
import org.opensearch.core.common.ParsingException;
import org.opensearch.core.common.Strings;
import org.opensearch.core.common.io.stream.NamedWriteableAwareStreamInput;
import org.opensearch.core.common.io.stream.NamedWriteableRegistry;
import org.opensearch.core.common.io.stream.StreamInput;
import org.opensearch.core.xcontent.DeprecationHandler;
import org.opensearch.core.xcontent.MediaTypeRegistry;
import org.opensearch.core.xcontent.NamedXContentRegistry;
import org.opensearch.core.xcontent.XContentParser;
import org.opensearch.index.query.AbstractQueryBuilder;
import org.opensearch.index.query.BaseQueryRewriteContext;
import org.opensearch.index.query.BoolQueryBuilder;
import org.opensearch.index.query.MatchAllQueryBuilder;
import org.opensearch.index.query.QueryBuilder;
import org.opensearch.index.query.QueryRewriteContext;
import org.opensearch.index.query.TermQueryBuilder;

class EncoreQueryBuilderTest {
    private static final NamedXContentRegistry QUERIES = new NamedXContentRegistry(List.of(
            entry(EncoreQueryBuilder.NAME, parser -> (QueryBuilder) EncoreQueryBuilder.specs(() -> null)
                    .get(0)
                    .getParser()
                    .fromXContent(parser)),
            entry(WithoutPlanQueryBuilder.NAME, parser -> WithoutPlanQueryBuilder.spec().getParser().fromXContent(parser)),
            entry(BoolQueryBuilder.NAME, BoolQueryBuilder::fromXContent),
            entry(TermQueryBuilder.NAME, TermQueryBuilder::fromXContent),
            entry(MatchAllQueryBuilder.NAME, MatchAllQueryBuilder::fromXContent)));

    @FunctionalInterface
    private interface Parse {
        QueryBuilder from(XContentParser parser) throws IOException;
    }

    private static NamedXContentRegistry.Entry entry(String name, Parse parse) {
        return new NamedXContentRegistry.Entry(
                QueryBuilder.class, new ParseField(name), (parser, context) -> parse.from(parser));
    }

    private static QueryBuilder parse(String json) throws IOException {
        try (XContentParser parser =
                JsonXContent.jsonXContent.createParser(QUERIES, DeprecationHandler.THROW_UNSUPPORTED_OPERATION, json)) {
            return AbstractQueryBuilder.parseInnerQueryBuilder(parser);
        }
    }

    private static EncoreQueryBuilder full() {
        RecallRequest request = new RecallRequest(
                "周杰伦 晴天", "u42", Map.of("device", "phone"), EnumSet.of(Route.TEXT, Route.ENTITY));
        List<QueryBuilder> filters = List.of(new TermQueryBuilder("tags.keyword", "现场"), new MatchAllQueryBuilder());
        return new EncoreQueryBuilder(request, filters, () -> null).boost(3).queryName("mine");
    }

    private static EncoreQueryBuilder plain() {
        return new EncoreQueryBuilder(new RecallRequest("晴天", null, Map.of(), Route.all()), List.of(), () -> null);
    }

    @Test
    void readsEveryOption() throws IOException {
        assertEquals(
                full(),
                parse(
                        """
                        {"encore": {"text": "周杰伦 晴天", "user": "u42", "context": {"device": "phone"}, "routes": ["entity", "text"],
                          "filter": [{"term": {"tags.keyword": "现场"}}, {"match_all": {}}], "boost": 3, "_name": "mine"}}
                        """));
        assertEquals(plain(), parse("{\"encore\": {\"text\": \"晴天\"}}"));
        assertEquals(plain(), parse("{\"encore\": {\"filter\": [], \"context\": {}, \"text\": \"晴天\"}}"));
        assertEquals(
                new EncoreQueryBuilder(
                        new RecallRequest("晴天", null, Map.of(), Route.all()), List.of(new MatchAllQueryBuilder()), () -> null),
                parse("{\"encore\": {\"text\": \"晴天\", \"filter\": {\"match_all\": {}}}}"));
    }

    @Test
    void writesWhatItReads() throws IOException {
        assertEquals(full(), parse(Strings.toString(MediaTypeRegistry.JSON, full())));
        assertEquals(plain(), parse(Strings.toString(MediaTypeRegistry.JSON, plain())));
    }

    @Test
    void travelsOnTheWire() throws IOException {
        assertEquals(full(), overTheWire(full()));
        assertEquals(plain(), overTheWire(plain()));
        QueryBuilder without = new WithoutPlanQueryBuilder(new MatchAllQueryBuilder(), "timeout").boost(2).queryName("mine");
        assertEquals(without, overTheWire(without));
    }

    private static QueryBuilder overTheWire(QueryBuilder query) throws IOException {
        NamedWriteableRegistry registry = new NamedWriteableRegistry(List.of(
                new NamedWriteableRegistry.Entry(
                        QueryBuilder.class, EncoreQueryBuilder.NAME, in -> new EncoreQueryBuilder(in, () -> null)),
                new NamedWriteableRegistry.Entry(
                        QueryBuilder.class, WithoutPlanQueryBuilder.NAME, WithoutPlanQueryBuilder::new),
                new NamedWriteableRegistry.Entry(QueryBuilder.class, TermQueryBuilder.NAME, TermQueryBuilder::new),
                new NamedWriteableRegistry.Entry(QueryBuilder.class, MatchAllQueryBuilder.NAME, MatchAllQueryBuilder::new)));
        try (BytesStreamOutput out = new BytesStreamOutput()) {
            out.writeNamedWriteable(query);
            try (StreamInput in = new NamedWriteableAwareStreamInput(out.bytes().streamInput(), registry)) {
                return in.readNamedWriteable(QueryBuilder.class);
            }
        }
    }

    @Test
    void anotherWireVersionIsRefused() throws IOException {
        try (BytesStreamOutput out = new BytesStreamOutput()) {
            out.writeFloat(1);
            out.writeOptionalString(null);
            out.writeVInt(2);
            IllegalArgumentException refused = assertThrows(
                    IllegalArgumentException.class,
                    () -> new EncoreQueryBuilder(out.bytes().streamInput(), () -> null));
            assertEquals(
                    "[encore] came from a node with another version of the plugin: wire version [2], this node reads [1]",
                    refused.getMessage());
        }
    }

    @Test
    void equalQueriesAreEqual() {
        assertEquals(full(), full());
        assertEquals(full().hashCode(), full().hashCode());
        assertNotEquals(full(), full().boost(2));
        assertNotEquals(full(), full().queryName("other"));
        assertNotEquals(full(), plain());
        assertNotEquals(
                plain(),
                new EncoreQueryBuilder(
                        new RecallRequest("晴天", "u1", Map.of(), Route.all()), List.of(), () -> null));
    }

    @Test
    void onlyTheCoordinatingNodeRewritesIt() {
        QueryRewriteContext shard = new BaseQueryRewriteContext(QUERIES, null, null, () -> 0);
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> plain().rewrite(shard));
        assertEquals(
                "[encore] gets its plan while the coordinating node rewrites a search, and stands here where that cannot be"
                        + " done: a stored query or an alias's filter takes ordinary queries only",
                refused.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "{}                                ~ [encore] needs [text]: the words that are searched for",
                "{'text': 7}                       ~ [encore] [text] must be a string, got [7]",
                "{'text': 'a', 'filter': 7}        ~ [encore] [filter] must be a query or an array of queries, got [7]",
                "{'text': 'a', 'filter': [7]}      ~ [encore] [filter] must be an array of queries, got [7] in it",
                "{'text': 'a', 'routes': ['x']}    ~ [encore] [routes] does not know [x]: it takes [text, entity, vector]",
                "{'text': 'a', 'boost': -1}        ~ [encore] [boost] must be at least 0, got [-1]",
                "{'text': 'a', 'slop': 2}          ~ [encore] does not know [slop]: it takes [text, user, context, routes, filter, boost, _name]",
                "{'text': 'a', 'filter': {'encore': {'text': 'b'}}} ~ [encore] cannot stand within the [filter] of another [encore]: put both into one [bool]",
                "{'text': 'a', 'filter': {'bool': {'must': {'bool': {'should': [{'encore': {'text': 'b'}}]}}}}} ~ [encore] [filter] cannot be read: [encore] cannot stand within the [filter] of another [encore]: put both into one [bool]",
            })
    void badInputIsRefusedWithItsValue(String body, String message) {
        String json = ("{'encore': " + body.strip() + "}").replace('\'', '"');
        ParsingException refused = assertThrows(ParsingException.class, () -> parse(json));
        assertEquals(message.strip(), refused.getMessage());
    }

    @Test
    void aRefusedFilterLeavesNothingBehind() throws IOException {
        assertThrows(Exception.class, () -> parse("{\"encore\": {\"text\": \"a\", \"filter\": {\"no_such\": {}}}}"));
        assertEquals(plain(), parse("{\"encore\": {\"text\": \"晴天\"}}"));
    }

    @Test
    void whatItBecomesWithoutAPlanIsNoRequest() {
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class, () -> parse("{\"encore_without_plan\": {\"found\": {\"match_all\": {}}}}"));
        assertEquals("[encore_without_plan] is made of [encore], use that", refused.getMessage());
    }
}
