package org.encore.rerank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import org.encore.plan.RecallRequest;
import org.encore.plan.Route;
import org.encore.request.MapReader;
import org.encore.request.RequestReader;
import org.junit.jupiter.api.Test;

class RerankFieldsTest {
    static RerankFields read(Map<String, ?> object) throws IOException {
        return RerankFields.read("encore", new MapReader("encore", object), RerankFields.More.NONE);
    }

    private static String refusal(Map<String, ?> object) {
        return assertThrows(IllegalArgumentException.class, () -> read(object).request()).getMessage();
    }

    @Test
    void allFieldsAreRead() throws Exception {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("query", "晴天");
        object.put("user", "u1");
        object.put("context", Map.of("device", "phone"));
        object.put("config", "calm");
        object.put("request_id", "r1");
        object.put("now", 17);
        object.put("rank_window_size", 40);
        object.put("min_score", 2.5);
        RerankRequest request = read(object).request();
        assertEquals("晴天", request.search().query());
        assertEquals("u1", request.search().user());
        assertEquals(Map.of("device", "phone"), request.search().context());
        assertEquals("calm", request.search().config());
        assertEquals("r1", request.search().requestId());
        assertEquals(17, request.search().now());
        assertEquals(40, request.window());
        assertEquals(2.5f, request.minScore());
    }

    @Test
    void onlyTheQueryIsRequired() throws Exception {
        RerankRequest request = read(Map.of("query", "晴天")).request();
        assertEquals(500, request.window());
        assertNull(request.minScore());
        assertFalse(request.search().isIdentified());
        assertEquals("[encore] needs [query]: the words that are searched for", refusal(Map.of()));
    }

    @Test
    void whatIsWrongIsNamed() {
        assertEquals(
                "[encore] [rank_window_size] [0] must be between [1] and [1000]",
                refusal(Map.of("query", "q", "rank_window_size", 0)));
        assertEquals(
                "[encore] [rank_window_size] [1001] must be between [1] and [1000]",
                refusal(Map.of("query", "q", "rank_window_size", 1001)));
        assertEquals(
                "[encore] [rank_window_size] must be an integer, got [ten]",
                refusal(Map.of("query", "q", "rank_window_size", "ten")));
        assertEquals(
                "[encore] does not know [usr]: it takes [query, user, context, config, request_id, now, rank_window_size,"
                        + " min_score]",
                refusal(Map.of("usr", "u1")));
    }

    @Test
    void anEnginesOwnFieldsAreItsBusiness() throws Exception {
        RerankFields.More more = new RerankFields.More() {
            @Override
            public String names() {
                return "retriever, ";
            }

            @Override
            public boolean take(RequestReader reader) throws IOException {
                return reader.name().equals("retriever");
            }
        };
        Map<String, Object> object = Map.of("query", "q", "retriever", Map.of());
        assertTrue(RerankFields.read("encore", new MapReader("encore", object), more).hasQuery());
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class,
                () -> RerankFields.read("encore", new MapReader("encore", Map.of("x", 1)), more));
        assertTrue(refused.getMessage().contains("it takes [retriever, query, user,"), refused.getMessage());
    }

    @Test
    void theSearchsWordCountsBeforeThePipelinesAndThatBeforeTheClauses() throws Exception {
        RerankFields pipeline = read(Map.of("user", "u0", "config", "calm", "rank_window_size", 40));
        RecallRequest clause =
                new RecallRequest("小幸运", "u9", Map.of("device", "tv"), EnumSet.of(Route.TEXT));
        RerankRequest request =
                read(Map.of("user", "u1")).fillFrom(pipeline).fillFrom(clause).request();
        assertEquals("小幸运", request.search().query());
        assertEquals("u1", request.search().user());
        assertEquals("calm", request.search().config());
        assertEquals(Map.of("device", "tv"), request.search().context());
        assertEquals(40, request.window());
        assertFalse(pipeline.hasQuery(), "the pipeline's own stay as they are");
        assertFalse(RerankFields.none("encore").fillFrom((RecallRequest) null).hasQuery());
    }

    @Test
    void whatIsWrittenIsRead() throws Exception {
        Map<String, Object> object = Map.of("query", "晴天", "rank_window_size", 40, "min_score", 1.5f, "now", 17L);
        assertEquals(object, read(object).toMap());
        assertEquals(object, read(read(object).toMap()).toMap());
        assertEquals(Map.of(), RerankFields.none("encore").toMap());
    }
}
