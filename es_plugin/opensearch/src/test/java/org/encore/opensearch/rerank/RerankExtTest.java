package org.encore.opensearch.rerank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.encore.opensearch.EncorePlugin;
import org.encore.rerank.RerankFields;
import org.encore.rerank.RerankRequest;
import org.junit.jupiter.api.Test;
import org.opensearch.common.io.stream.BytesStreamOutput;
import org.opensearch.common.settings.Settings;
import org.opensearch.common.xcontent.LoggingDeprecationHandler;
import org.opensearch.common.xcontent.json.JsonXContent;
import org.opensearch.core.common.io.stream.NamedWriteableAwareStreamInput;
import org.opensearch.core.common.io.stream.NamedWriteableRegistry;
import org.opensearch.core.common.io.stream.StreamInput;
import org.opensearch.core.xcontent.NamedXContentRegistry;
import org.opensearch.core.xcontent.XContentParser;
import org.opensearch.search.SearchExtBuilder;
import org.opensearch.search.SearchModule;
import org.opensearch.search.builder.SearchSourceBuilder;

class RerankExtTest {
    private static final SearchModule ENGINE = new SearchModule(Settings.EMPTY, List.of(new EncorePlugin()));

    private static SearchSourceBuilder search(String json) throws IOException {
        NamedXContentRegistry registry = new NamedXContentRegistry(ENGINE.getNamedXContents());
        try (XContentParser parser =
                JsonXContent.jsonXContent.createParser(registry, LoggingDeprecationHandler.INSTANCE, json)) {
            return SearchSourceBuilder.fromXContent(parser);
        }
    }

    private static RerankExt ext(String fields) throws IOException {
        return RerankSearch.ext(search("{\"ext\": {\"encore_rerank\": " + fields + "}}"));
    }

    @Test
    void aSearchSaysWhatIsAskedFor() throws Exception {
        RerankExt read = ext("{\"query\": \"晴天\", \"user\": \"u1\", \"rank_window_size\": 40, \"min_score\": 2.5}");
        RerankRequest request = read.fields().request();
        assertEquals("晴天", request.search().query());
        assertEquals("u1", request.search().user());
        assertEquals(40, request.window());
        assertEquals(2.5f, request.minScore());
        assertNull(RerankSearch.ext(search("{}")));
    }

    @Test
    void aPipelineMayFillInWhatItLeavesOut() throws Exception {
        RerankFields fields = ext("{\"user\": \"u1\"}").fields();
        assertTrue(!fields.hasQuery());
        assertEquals("u1", fields.fillFrom(ext("{\"query\": \"q\", \"user\": \"u0\"}").fields())
                .request()
                .search()
                .user());
    }

    @Test
    void itTravelsToTheShards() throws Exception {
        RerankExt sent = ext("{\"query\": \"晴天\", \"context\": {\"n\": [1, null, 1.5]}, \"now\": 17}");
        NamedWriteableRegistry registry = new NamedWriteableRegistry(ENGINE.getNamedWriteables());
        try (BytesStreamOutput out = new BytesStreamOutput()) {
            out.writeNamedWriteable(sent);
            try (StreamInput in = new NamedWriteableAwareStreamInput(out.bytes().streamInput(), registry)) {
                SearchExtBuilder read = in.readNamedWriteable(SearchExtBuilder.class);
                assertEquals(-1, in.read(), "everything is read");
                assertEquals(sent, read);
                assertEquals(sent.hashCode(), read.hashCode());
                assertNotEquals(sent, ext("{}"));
            }
        }
    }

    @Test
    void theIdIsHiddenWhereNobodyAskedForIt() throws Exception {
        assertTrue(RerankSearch.hidesVideoId(search("{}")));
        assertTrue(RerankSearch.hidesVideoId(search("{\"docvalue_fields\": [\"plays\"]}")));
        assertEquals(false, RerankSearch.hidesVideoId(search("{\"docvalue_fields\": [\"video_id\"]}")));
    }

    @Test
    void theClauseIsFoundWhereverItStands() throws Exception {
        String clause = "{\"encore\": {\"text\": \"晴天\", \"user\": \"u7\"}}";
        assertEquals("晴天", RerankSearch.recall(search("{\"query\": " + clause + "}")).text());
        String within = "{\"query\": {\"bool\": {\"must\": [{\"match_all\": {}}, " + clause + "]}}}";
        assertEquals("u7", RerankSearch.recall(search(within)).user());
        assertNull(RerankSearch.recall(search("{\"query\": {\"match_all\": {}}}")));
        assertNull(RerankSearch.recall(search("{}")));
    }
}
