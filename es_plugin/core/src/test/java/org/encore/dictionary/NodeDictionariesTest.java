package org.encore.dictionary;

import static org.encore.dictionary.Dictionaries.VERSION;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.encore.dictionary.DictionaryStore.Origin;
import org.encore.dictionary.NodeDictionaries.State;
import org.encore.text.DictionaryException;
import org.encore.text.DictionaryFiles;
import org.encore.text.TinyDictionary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeDictionariesTest {
    @TempDir
    Path root;

    @Test
    void whatLiesInTheConfigurationIsKnownFromTheStartAndLoadedWhenUsed() throws IOException {
        Dictionaries.inConfig(root);
        NodeDictionaries node = node();
        assertEquals(State.PRESENT, node.standing(VERSION).state());
        DictionaryHandle handle = node.handle("cut", VERSION);
        assertFalse(node.inMemory(VERSION));
        assertEquals(VERSION, handle.get().version());
        assertTrue(node.inMemory(VERSION));
        assertSame(handle.get(), node.handle("other", VERSION).get());
    }

    @Test
    void anAnalyzerIsRefusedWhatTheNodeLacks() throws IOException {
        Dictionaries.inConfig(root);
        NodeDictionaries node = node();
        assertEquals(
                "this node has no dictionary [ffffffffffff]: PUT _encore/dictionary/ffffffffffff sends it to every node;"
                        + " it has [" + VERSION + "]",
                refusal(node, "ffffffffffff"));
        assertEquals(
                "[../../etc] is no dictionary version: one has twelve hexadecimal digits", refusal(node, "../../etc"));
        assertEquals(
                "[cut] needs [dictionary], the version of a dictionary; GET _encore/dictionary lists those there are",
                refusal(node, null));
    }

    @Test
    void reloadMakesAFolderAvailableAndWorksTwice() throws IOException {
        NodeDictionaries node = node();
        Path folder = Dictionaries.inConfig(root);
        assertTrue(refusal(node, VERSION).startsWith("this node has no dictionary ["));
        node.reload();
        node.reload();
        assertEquals(State.READY, node.standing(VERSION).state());
        assertEquals(2, node.standing(VERSION).checks());
        assertEquals(VERSION, node.handle("cut", VERSION).get().version());
        Files.delete(folder.resolve("words.tsv"));
        node.reload();
        assertEquals(State.CORRUPT, node.standing(VERSION).state());
        assertTrue(refusal(node, VERSION).startsWith("dictionary [" + VERSION + "] is damaged: [words.tsv]"));
        for (String file : DictionaryFiles.ALL) {
            Files.deleteIfExists(folder.resolve(file));
        }
        Files.delete(folder);
        node.reload();
        assertNull(node.standing(VERSION));
    }

    @Test
    void whatCameThroughTheClusterIsKeptInMemoryAndOnDisk() throws IOException {
        NodeDictionaries node = node();
        node.keep(Dictionaries.files(root));
        assertEquals(Origin.DATA, node.standing(VERSION).origin());
        assertTrue(node.inMemory(VERSION), "its index is about to come");
        assertEquals(State.PRESENT, node().standing(VERSION).state(), "the next start finds it");
    }

    @Test
    void whatIsNotWantedIsForgottenAtOnceAndErasedLater() throws IOException {
        NodeDictionaries node = node();
        node.keep(Dictionaries.files(root));
        assertFalse(node.forget(Set.of(VERSION)));
        assertTrue(node.forget(Set.of()));
        assertTrue(refusal(node, VERSION).startsWith("this node has no dictionary ["));
        assertTrue(Files.exists(root.resolve("data").resolve(VERSION)));
        node.reload();
        assertNull(node.standing(VERSION), "a reload does not bring back what is about to be erased");
        node.erase();
        assertFalse(Files.exists(root.resolve("data").resolve(VERSION)));
    }

    @Test
    void whatIsSentIsNotForgottenBeforeItIsListed() throws IOException {
        NodeDictionaries node = node();
        node.arriving(VERSION);
        node.keep(Dictionaries.files(root));
        assertFalse(node.forget(Set.of()));
        assertFalse(node.forget(Set.of(VERSION)), "listed");
        assertTrue(node.forget(Set.of()), "and deleted");
    }

    @Test
    void aCopyInTheConfigurationOutlivesTheOneOfTheCluster() throws IOException {
        NodeDictionaries node = node();
        node.keep(Dictionaries.files(root));
        Dictionaries.inConfig(root);
        node.forget(Set.of());
        node.erase();
        assertEquals(Origin.CONFIG, node.standing(VERSION).origin());
    }

    @Test
    void filesThatMakeNoSenseAreNotKept() throws IOException {
        Map<String, String> texts = Map.of(
                "words.tsv", "晴天\t4\t1.4\n", "normalize.tsv", "", "content.tsv", "zz\t30\n", "hmm.json", "{}");
        DictionaryFiles files = DictionaryFiles.read(TinyDictionary.write(root, texts, Math.log(4)));
        NodeDictionaries node = node();
        DictionaryException refused = assertThrows(DictionaryException.class, () -> node.keep(files));
        assertTrue(refused.getMessage().startsWith("dictionary [" + files.version() + "] makes no sense: "));
        assertNull(node.standing(files.version()));
        assertEquals(Map.of(), Dictionaries.store(root).scan());
    }

    @Test
    void aHeapWithoutRoomRefusesItAndCallsNoCopyDamaged() throws IOException {
        Dictionaries.inConfig(root);
        HeapRoom full = bytes -> {
            throw new IllegalStateException("too large");
        };
        NodeDictionaries node = new NodeDictionaries(Dictionaries.store(root), full);
        String reason = "the heap has no room for dictionary [" + VERSION + "], whose loading takes about [0] MB: give the"
                + " node more heap, or delete versions (too large)";
        DictionaryHandle handle = node.handle("cut", VERSION);
        DictionaryRefusal refusal = assertThrows(DictionaryRefusal.class, handle::get);
        assertEquals(reason, refusal.getMessage());
        assertEquals(429, refusal.status());
        assertEquals(
                reason,
                assertThrows(DictionaryRefusal.class, () -> node.keep(Dictionaries.files(root)))
                        .getMessage());
        node.pin(Set.of(VERSION));
        node.check(VERSION);
        node.pin(Set.of(VERSION));
        assertEquals(State.READY, node.standing(VERSION).state());
    }

    @Test
    void theReportSaysAllOfACopy() throws IOException {
        Dictionaries.inConfig(root);
        NodeDictionaries node = node();
        Map<?, ?> said = (Map<?, ?>) node.report().get(VERSION);
        assertEquals("ready", said.get("state"));
        assertEquals("config", said.get("origin"));
        assertEquals(5, ((Map<?, ?>) said.get("files")).size());
        assertEquals(false, said.get("in_memory"));
        assertEquals(1, said.get("checks"));
    }

    private NodeDictionaries node() {
        return new NodeDictionaries(Dictionaries.store(root), HeapRoom.UNLIMITED);
    }

    private static String refusal(NodeDictionaries node, String version) {
        return assertThrows(DictionaryException.class, () -> node.handle("cut", version))
                .getMessage();
    }
}
