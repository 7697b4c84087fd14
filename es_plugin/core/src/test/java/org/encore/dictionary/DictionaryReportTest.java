package org.encore.dictionary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.encore.dictionary.ListedDictionaries.Listed;
import org.encore.json.JsonWriter;
import org.junit.jupiter.api.Test;

class DictionaryReportTest {
    private static final String A = "aaaaaaaaaaaa";
    private static final Map<String, DictionaryReport.OfNode> NODES = Map.of(
            "i1",
            new DictionaryReport.OfNode(
                    "one",
                    Map.of(A, Map.of("state", "ready", "bytes", 7L, "files", Map.of("words.tsv", 7L)))),
            "i2",
            new DictionaryReport.OfNode("two", Map.of()));
    private static final ClusterView VIEW = new ClusterView(
            true,
            true,
            true,
            "s1",
            List.of(new ClusterView.Peer("i1", "s1", "one"), new ClusterView.Peer("i2", "s2", "two")),
            ListedDictionaries.NONE.with(A, new Listed("aaaaaaaaaaaa11", 7, 1)),
            Map.of(A, Set.of("songs")),
            ReadyNodes.NONE
                    .with("s1", Map.of(A, ""), Set.of("s1", "s2"))
                    .with("s2", Map.of(A, "its disk is full"), Set.of("s1", "s2")));

    @Test
    void theListSaysOfEachVersionWhoHasItAndWhoUsesIt() {
        assertEquals(
                "{\"versions\":{\"aaaaaaaaaaaa\":{\"files\":1,\"bytes\":7,\"sha256\":\"aaaaaaaaaaaa11\",\"listed\":true,"
                        + "\"nodes\":{\"i1\":\"ready\",\"i2\":\"missing\"},\"indices\":[\"songs\"]}}}",
                JsonWriter.write(DictionaryReport.all(NODES, VIEW)));
    }

    @Test
    void oneVersionSaysWhyANodeLacksIt() {
        assertEquals(
                "{\"version\":\"aaaaaaaaaaaa\",\"files\":{\"words.tsv\":7},\"bytes\":7,\"sha256\":\"aaaaaaaaaaaa11\","
                        + "\"listed\":true,\"nodes\":{\"i1\":{\"node\":\"one\",\"state\":\"ready\"},"
                        + "\"i2\":{\"node\":\"two\",\"state\":\"missing\",\"reason\":\"its disk is full\"}},"
                        + "\"indices\":[\"songs\"]}",
                JsonWriter.write(DictionaryReport.one(A, NODES, VIEW)));
    }

    @Test
    void anUnknownVersionIsNotFound() {
        DictionaryRefusal refusal =
                assertThrows(DictionaryRefusal.class, () -> DictionaryReport.one("ffffffffffff", NODES, VIEW));
        assertEquals("no node has dictionary [ffffffffffff], and it is not listed", refusal.getMessage());
        assertEquals(404, refusal.status());
    }

    @Test
    void aPutSaysWhoIsNotReady() {
        assertEquals(
                "{\"version\":\"aaaaaaaaaaaa\",\"result\":\"created\",\"sha256\":\"aaaaaaaaaaaa11\",\"bytes\":7,"
                        + "\"nodes\":{\"total\":2,\"ready\":1},\"not_ready\":{\"i2\":{\"node\":\"two\","
                        + "\"reason\":\"its disk is full\"}}}",
                JsonWriter.write(DictionaryReport.sent(A, true, VIEW)));
    }
}
