package org.encore.dictionary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.encore.dictionary.ListedDictionaries.Listed;
import org.encore.text.DictionaryException;
import org.junit.jupiter.api.Test;

/** The two parts of a cluster's state and what is read from them. */
class ClusterStateTest {
    private static final String A = "aaaaaaaaaaaa";
    private static final Listed OF_A = new Listed("aaaaaaaaaaaa11", 7, 1);

    @Test
    void aVersionIsListedOnce() {
        ListedDictionaries listed = ListedDictionaries.NONE.with(A, OF_A);
        assertSame(listed, listed.with(A, new Listed("aaaaaaaaaaaa11", 7, 99)));
        assertEquals(Set.of(A), listed.names());
    }

    @Test
    void anotherContentIsRefused() {
        ListedDictionaries listed = ListedDictionaries.NONE.with(A, OF_A);
        DictionaryRefusal refusal =
                assertThrows(DictionaryRefusal.class, () -> listed.with(A, new Listed("aaaaaaaaaaaa22", 7, 1)));
        assertEquals(
                "dictionary [aaaaaaaaaaaa] is there with content [aaaaaaaaaaaa11] and cannot become [aaaaaaaaaaaa22]:"
                        + " a version is never changed",
                refusal.getMessage());
        assertEquals(409, refusal.status());
    }

    @Test
    void whatIsUsedIsNotTakenOff() {
        ListedDictionaries listed = ListedDictionaries.NONE.with(A, OF_A);
        assertEquals(
                "dictionary [aaaaaaaaaaaa] is used by [songs, videos]: delete these indices, or build them with another"
                        + " version, first",
                assertThrows(DictionaryRefusal.class, () -> listed.without(A, Set.of("videos", "songs")))
                        .getMessage());
        assertEquals(ListedDictionaries.NONE, listed.without(A, Set.of()));
    }

    @Test
    void theListSurvivesTheWay() {
        ListedDictionaries listed = ListedDictionaries.NONE.with(A, OF_A).with("bbbbbbbbbbbb", OF_A);
        assertEquals(listed, ListedDictionaries.fromMap(listed.toMap()));
        assertEquals(ListedDictionaries.NONE, ListedDictionaries.fromMap(Map.of()));
        assertEquals(
                "the cluster's state lists dictionary [aaaaaaaaaaaa] as [7], which this plugin cannot read; use the newest"
                        + " plugin on every node",
                assertThrows(
                                DictionaryException.class,
                                () -> ListedDictionaries.fromMap(Map.of("versions", Map.of(A, 7))))
                        .getMessage());
    }

    @Test
    void aNodeIsReadyWhenItSaidSo() {
        ReadyNodes ready = ReadyNodes.NONE.with("n1", Map.of(A, ReadyNodes.READY), Set.of("n1", "n2"));
        assertNull(ready.whyNot("n1", A));
        assertEquals("it has not said yet that it has it", ready.whyNot("n1", "bbbbbbbbbbbb"));
        assertEquals("it has not said yet that it has it", ready.whyNot("n2", A));
        assertSame(ready, ready.with("n1", Map.of(A, ReadyNodes.READY), Set.of("n1")));
        assertEquals(ready, ReadyNodes.fromMap(ready.toMap()));
    }

    @Test
    void whoHasLeftIsForgotten() {
        ReadyNodes ready = ReadyNodes.NONE.with("n1", Map.of(A, ReadyNodes.READY), Set.of("n1"));
        assertEquals(Set.of("n2"), ready.with("n2", Map.of(), Set.of("n2")).nodes().keySet());
    }

    @Test
    void aShardWaitsForTheVersionsOfItsIndex() {
        ReadyNodes ready = ReadyNodes.NONE.with("n1", Map.of(A, ReadyNodes.READY, "bbbbbbbbbbbb", "damaged"), Set.of("n1"));
        assertNull(ClusterView.keepsOff("songs", Set.of(), "n9", ready));
        assertNull(ClusterView.keepsOff("songs", Set.of(A), "n1", ready));
        assertEquals(
                "index [songs] needs dictionary [bbbbbbbbbbbb], which this node cannot use yet: damaged",
                ClusterView.keepsOff("songs", Set.of(A, "bbbbbbbbbbbb"), "n1", ready));
    }

    @Test
    void thoseWhoHaveItAreAskedFirst() {
        ReadyNodes ready = ReadyNodes.NONE.with("s3", Map.of(A, ReadyNodes.READY), Set.of("s3"));
        ClusterView view = new ClusterView(
                true,
                true,
                true,
                "s1",
                List.of(peer(1), peer(2), peer(3)),
                ListedDictionaries.NONE.with(A, OF_A),
                Map.of("bbbbbbbbbbbb", Set.of("songs")),
                ready);
        assertEquals(List.of(peer(3), peer(2)), view.holders(A));
        assertEquals(Set.of(A, "bbbbbbbbbbbb"), view.wanted());
        assertEquals(Set.of("i1", "i2"), view.notReady(A).keySet());
    }

    @Test
    void anIndexNamesItsVersionsInItsSettings() {
        Map<String, String> settings = Map.of(
                "index.analysis.tokenizer.cut.type", "encore_jieba",
                "index.analysis.tokenizer.cut.dictionary", A,
                "index.analysis.char_filter.my.plain.type", "encore_normalize",
                "index.analysis.char_filter.my.plain.dictionary", "bbbbbbbbbbbb",
                "index.analysis.tokenizer.other.type", "kuromoji",
                "index.analysis.tokenizer.other.dictionary", "cccccccccccc",
                "index.analysis.filter.f.dictionary", "dddddddddddd");
        assertEquals(Set.of(A, "bbbbbbbbbbbb"), IndexDictionaries.named(settings.keySet(), settings::get));
        IndexDictionaries indices = new IndexDictionaries();
        assertEquals(Set.of(A, "bbbbbbbbbbbb"), indices.of("uuid", 1, settings.keySet(), settings::get));
        assertEquals(Set.of(A, "bbbbbbbbbbbb"), indices.of("uuid", 1, Set.of(), key -> null), "remembered");
        assertEquals(Set.of(), indices.of("uuid", 2, Set.of(), key -> null));
    }

    private static ClusterView.Peer peer(int n) {
        return new ClusterView.Peer("i" + n, "s" + n, "node " + n);
    }
}
