package org.encore.opensearch.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.List;
import org.encore.opensearch.EncorePlugin;
import org.encore.proximity.ProximityFormula;
import org.encore.proximity.ProximityRequest;
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
import org.opensearch.index.query.QueryBuilder;

class ProximityQueryBuilderTest {
    private static final NamedXContentRegistry QUERIES = new NamedXContentRegistry(new EncorePlugin()
            .getQueries().stream()
                    .map(spec -> new NamedXContentRegistry.Entry(
                            QueryBuilder.class,
                            new ParseField(spec.getName().getPreferredName()),
                            (parser, context) -> spec.getParser().fromXContent(parser)))
                    .toList());

    private static QueryBuilder parse(String json) throws IOException {
        try (XContentParser parser = JsonXContent.jsonXContent.createParser(QUERIES, DeprecationHandler.THROW_UNSUPPORTED_OPERATION, json)) {
            return AbstractQueryBuilder.parseInnerQueryBuilder(parser);
        }
    }

    private static ProximityQueryBuilder query(String field, String text, String analyzer, ProximityFormula formula) {
        return new ProximityQueryBuilder(new ProximityRequest(field, text, analyzer, formula));
    }

    private static ProximityQueryBuilder full() {
        return query("title.cut", "周杰伦 晴天", "encore_cut", new ProximityFormula(0.5f, 0.25f, 8))
                .boost(3)
                .queryName("near");
    }

    @Test
    void readsEveryOption() throws IOException {
        assertEquals(
                full(),
                parse(
                        """
                        {"proximity": {"title.cut": {"query": "周杰伦 晴天", "analyzer": "encore_cut", "window_weight": 0.5,
                          "order_weight": 0.25, "half_gap": 8, "boost": 3, "_name": "near"}}}
                        """));
    }

    @Test
    void theShortFormTakesTheDefaults() throws IOException {
        QueryBuilder expected = query("title.cut", "晴天", null, ProximityFormula.DEFAULT);
        assertEquals(expected, parse("{\"proximity\": {\"title.cut\": \"晴天\"}}"));
        assertEquals(expected, parse("{\"proximity\": {\"title.cut\": {\"query\": \"晴天\"}}}"));
    }

    @Test
    void writesWhatItReads() throws IOException {
        assertEquals(full(), parse(Strings.toString(MediaTypeRegistry.JSON, full())));
        QueryBuilder plain = query("title.cut", "", null, ProximityFormula.DEFAULT);
        assertEquals(plain, parse(Strings.toString(MediaTypeRegistry.JSON, plain)));
    }

    @Test
    void travelsOnTheWire() throws IOException {
        assertEquals(full(), overTheWire(full()));
        ProximityQueryBuilder plain = query("f", "t", null, ProximityFormula.DEFAULT);
        assertEquals(plain, overTheWire(plain));
    }

    private static QueryBuilder overTheWire(ProximityQueryBuilder query) throws IOException {
        NamedWriteableRegistry registry = new NamedWriteableRegistry(List.of(new NamedWriteableRegistry.Entry(
                QueryBuilder.class, ProximityQueryBuilder.NAME, ProximityQueryBuilder::new)));
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
                    () -> new ProximityQueryBuilder(out.bytes().streamInput()));
            assertEquals(
                    "[proximity] came from a node with another version of the plugin: wire version [2], this node reads [1]",
                    refused.getMessage());
        }
    }

    @Test
    void equalQueriesAreEqual() {
        assertEquals(full(), full());
        assertEquals(full().hashCode(), full().hashCode());
        assertNotEquals(full(), full().boost(2));
        assertNotEquals(full(), full().queryName("far"));
        assertNotEquals(full(), query("title.cut", "晴天", "encore_cut", ProximityFormula.DEFAULT));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "{}                                      ~ [proximity] needs a field, found none in [{}]",
                "{'a': {}}                               ~ [proximity] on field [a] needs [query]",
                "{'': 'x'}                               ~ [proximity] needs a field, got []",
                "{'a': null}                             ~ [proximity] [query] must be a string, got [null]",
                "{'a': ['x']}                            ~ [proximity] [query] must be a string, got [an array]",
                "{'a': {'query': 7}}                     ~ [proximity] [query] must be a string, got [7]",
                "{'a': {'query': {'b': 1}}}              ~ [proximity] [query] must be a string, got [an object]",
                "{'a': 'x', 'b': 'y'}                    ~ [proximity] query doesn't support multiple fields, found [a] and [b]",
                "{'a': {'query': 'x', 'slop': 2}}        ~ [proximity] query does not support [slop]",
                "{'a': {'query': 'x', 'analyzer': 1}}    ~ [proximity] [analyzer] must be a string, got [1]",
                "{'a': {'query': 'x', '_name': true}}    ~ [proximity] [_name] must be a string, got [true]",
                "{'a': {'query': 'x', 'boost': 'hi'}}    ~ [proximity] [boost] must be a number, got [hi]",
                "{'a': {'query': 'x', 'boost': -1}}      ~ [proximity] [boost] must be at least 0, got [-1]",
                "{'a': {'query': 'x', 'boost': 1e99}}    ~ [proximity] [boost] must be a finite number, got [1e99]",
                "{'a': {'query': 'x', 'half_gap': 0}}    ~ [proximity] half_gap must be a finite number above 0, got [0.0]",
                "{'a': {'query': 'x', 'half_gap': []}}   ~ [proximity] [half_gap] must be a number, got [an array]",
                "{'a': {'query': 'x', 'window_weight': 1.5}} ~ [proximity] window_weight must lie between 0 and 1, got [1.5]",
                "{'a': {'query': 'x', 'order_weight': -0.5}} ~ [proximity] order_weight must lie between 0 and 1, got [-0.5]",
            })
    void badInputIsRefusedWithItsValue(String body, String message) {
        String json = ("{'proximity': " + body.strip() + "}").replace('\'', '"');
        ParsingException refused = assertThrows(ParsingException.class, () -> parse(json));
        assertEquals(message, refused.getMessage());
        assertEquals(1, refused.getLineNumber());
    }
}
