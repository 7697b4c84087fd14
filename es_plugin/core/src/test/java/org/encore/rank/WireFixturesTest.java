package org.encore.rank;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.encore.json.JsonReader;
import org.encore.json.JsonWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Messages kept as files, which both languages must read and write: the Python half is
 * {@code tests/contract/test_wire_fixtures.py}.
 */
class WireFixturesTest {
    private static final Path FOLDER = Path.of("..", "..", "tests", "contract", "wire");

    @SuppressWarnings("unchecked")
    private static Map<String, Object> described(String name) throws IOException {
        return (Map<String, Object>) JsonReader.parse(Files.readString(FOLDER.resolve(name + ".json")));
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> candidates(Map<String, Object> message) {
        return (List<Map<String, Object>>) message.get("candidates");
    }

    @ParameterizedTest
    @ValueSource(strings = {"request", "request_global"})
    @SuppressWarnings("unchecked")
    void thePluginWritesTheRequestThatIsKept(String name) throws Exception {
        Map<String, Object> message = described(name);
        Map<String, Object> meta = (Map<String, Object>) message.get("meta");
        SearchIdentity identity = new SearchIdentity(
                (String) meta.get("request_id"),
                (String) meta.get("query"),
                (String) meta.get("user"),
                (Map<String, Object>) meta.get("context"),
                (String) meta.get("config"),
                (Long) meta.get("now"),
                (String) meta.get("index"),
                (String) meta.get("generation"),
                ((Long) meta.get("shard")).intValue(),
                "global".equals(meta.get("stage")) ? SearchIdentity.Stage.GLOBAL : SearchIdentity.Stage.SHARD);
        Candidates candidates = new Candidates(3);
        for (Map<String, Object> candidate : candidates(message)) {
            byte[] id = ((String) candidate.get("id")).getBytes(StandardCharsets.UTF_8);
            candidates.add(id, 0, id.length, ((Double) candidate.get("coarse_score")).floatValue());
        }
        assertArrayEquals(
                Files.readAllBytes(FOLDER.resolve(name + ".bin")),
                new WireRequest(identity, candidates, (Long) message.get("flags") == Wire.EXPLAIN).encode());
    }

    @Test
    @SuppressWarnings("unchecked")
    void thePluginReadsTheRankersAnswer() throws Exception {
        Map<String, Object> message = described("response");
        Map<String, Object> meta = (Map<String, Object>) message.get("meta");
        WireResponse response = WireResponse.decode(
                Files.readAllBytes(FOLDER.resolve("response.bin")), 3, (String) meta.get("request_id"));
        List<Object> explanations = (List<Object>) meta.get("explain");
        for (int i = 0; i < response.count(); i++) {
            Map<String, Object> candidate = candidates(message).get(i);
            assertEquals(((Long) candidate.get("tier")).intValue(), response.tier(i));
            assertEquals(candidate.get("u"), response.u(i));
            assertEquals(explanations.get(i), JsonReader.parse(response.explanation(i)));
        }
        assertNull(response.mark(0), "both marks, and no word of which is whose");
        assertEquals(meta.get("generation"), response.generation());
        assertEquals(JsonWriter.write(meta.get("versions")), JsonWriter.write(response.versions()));
        // 1 + tier + u on the scale: 1 + 3 + 0.75, 1 + 0 + 0, and the last float below 3.
        assertEquals(4.75f, response.score(0));
        assertEquals(1f, response.score(1));
        assertEquals(Math.nextDown(3f), response.score(2));
    }

    @Test
    @SuppressWarnings("unchecked")
    void thePluginReadsWhichCandidatesWereStored() throws Exception {
        Map<String, Object> meta = (Map<String, Object>) described("response_stored").get("meta");
        WireResponse response = WireResponse.decode(
                Files.readAllBytes(FOLDER.resolve("response_stored.bin")), 3, (String) meta.get("request_id"));
        List<Object> stored = (List<Object>) meta.get("stored");
        for (int i = 0; i < response.count(); i++) {
            assertEquals(stored.contains((long) i) ? ScoreMark.STORED : ScoreMark.SCORED, response.mark(i));
        }
    }
}
