package org.encore.elasticsearch.rerank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.elasticsearch.common.Strings;
import org.elasticsearch.common.io.stream.BytesStreamOutput;
import org.elasticsearch.common.io.stream.NamedWriteable;
import org.elasticsearch.common.io.stream.NamedWriteableAwareStreamInput;
import org.elasticsearch.common.io.stream.NamedWriteableRegistry;
import org.elasticsearch.common.io.stream.StreamInput;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.search.SearchModule;
import org.elasticsearch.search.builder.SearchSourceBuilder;
import org.elasticsearch.search.rank.RankBuilder;
import org.elasticsearch.search.rank.RankShardResult;
import org.elasticsearch.search.retriever.RetrieverBuilder;
import org.elasticsearch.search.retriever.RetrieverParserContext;
import org.elasticsearch.search.retriever.StandardRetrieverBuilder;
import org.elasticsearch.usage.SearchUsage;
import org.elasticsearch.xcontent.NamedXContentRegistry;
import org.elasticsearch.xcontent.XContentParser;
import org.elasticsearch.xcontent.XContentParserConfiguration;
import org.elasticsearch.xcontent.json.JsonXContent;
import org.encore.elasticsearch.EncorePlugin;
import org.junit.jupiter.api.Test;

class EncoreRetrieverBuilderTest {
    private static final NamedXContentRegistry REGISTRY = new NamedXContentRegistry(
            new SearchModule(Settings.EMPTY, List.of(new EncorePlugin())).getNamedXContents());
    private static final String FULL =
            """
            {"encore": {"retriever": {"standard": {"query": {"match_all": {}}}}, "query": "周杰伦 晴天", "user": "u42",
              "context": {"device": "phone"}, "config": "calm", "request_id": "r-1", "now": 1760000000000,
              "rank_window_size": 40, "filter": [{"match_all": {}}], "min_score": 2.5, "_name": "whole"}}
            """;

    private static EncoreRetrieverBuilder parse(String json) throws IOException {
        XContentParserConfiguration configuration = XContentParserConfiguration.EMPTY.withRegistry(REGISTRY);
        try (XContentParser parser = JsonXContent.jsonXContent.createParser(configuration, json)) {
            RetrieverParserContext context = new RetrieverParserContext(new SearchUsage(), feature -> true);
            return (EncoreRetrieverBuilder) RetrieverBuilder.parseTopLevelRetrieverBuilder(parser, context);
        }
    }

    private static <T extends NamedWriteable> T overTheWire(
            Class<T> category, NamedWriteableRegistry.Entry entry, NamedWriteable value)
            throws IOException {
        NamedWriteableRegistry registry = new NamedWriteableRegistry(List.of(entry));
        try (BytesStreamOutput out = new BytesStreamOutput()) {
            out.writeNamedWriteable(value);
            try (StreamInput in = new NamedWriteableAwareStreamInput(out.bytes().streamInput(), registry)) {
                T read = in.readNamedWriteable(category);
                assertEquals(-1, in.read(), "everything is read");
                return read;
            }
        }
    }

    @Test
    void allFieldsAreRead() throws Exception {
        EncoreRetrieverBuilder read = parse(FULL);
        assertInstanceOf(StandardRetrieverBuilder.class, read.inner());
        assertEquals("周杰伦 晴天", read.request().search().query());
        assertEquals(40, read.request().window());
        assertEquals(2.5f, read.request().minScore());
        assertEquals(2.5f, read.minScore());
        assertEquals("whole", read.retrieverName());
        assertEquals(1, read.getPreFilterQueryBuilders().size());
        assertFalse(read.isCompound(), "its inner one is none");
    }

    @Test
    void whatIsWrittenIsRead() throws Exception {
        EncoreRetrieverBuilder read = parse(FULL);
        assertEquals(read, parse(Strings.toString(read)));
        assertEquals(read.hashCode(), parse(Strings.toString(read)).hashCode());
        assertNotEquals(read, parse(FULL.replace("u42", "u43")));
    }

    @Test
    void beneathAnotherRetrieverItIsRefused() throws Exception {
        EncoreRetrieverBuilder read = parse(FULL);
        assertThrows(
                IllegalArgumentException.class,
                () -> read.extractToSearchSourceBuilder(new SearchSourceBuilder(), true));
    }

    @Test
    void toAShardTravelsTheWindowAlone() throws Exception {
        EncoreRankBuilder sent = new EncoreRankBuilder(40, new Coordination(null, 1f, null, null));
        RankBuilder read = overTheWire(RankBuilder.class, EncoreRankBuilder.entry(), sent);
        assertEquals(40, read.rankWindowSize());
        assertNull(read.buildQueryPhaseShardContext(List.of(), 0), "the query runs once");
        assertEquals("video_id", read.buildRankFeaturePhaseShardContext().getField());
        assertTrue(read.buildQueryPhaseCoordinatorContext(10, 0) instanceof WindowMerge, "a reducing node needs one too");
    }

    @Test
    void aShardsWordTravels() throws Exception {
        assertEquals(
                new KeptContext(), overTheWire(RankShardResult.class, KeptContext.entry(), new KeptContext()));
    }
}
