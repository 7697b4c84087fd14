package org.encore.dictionary;

import static org.encore.dictionary.Dictionaries.VERSION;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.encore.dictionary.DictionaryStore.Origin;
import org.encore.text.DictionaryException;
import org.encore.text.DictionaryFiles;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DictionaryStoreTest {
    @TempDir
    Path root;

    private DictionaryStore store;

    @BeforeEach
    void open() {
        store = Dictionaries.store(root);
    }

    @Test
    void aNodeWithoutFoldersHasNone() {
        assertEquals(Map.of(), store.scan());
    }

    @Test
    void whatIsWrittenIsReadAgain() throws IOException {
        DictionaryFiles files = Dictionaries.files(root);
        store.write(files);
        assertEquals(Map.of(VERSION, Origin.DATA), store.scan());
        assertEquals(files.sha256(), store.read(VERSION, Origin.DATA).sha256());
        store.delete(VERSION);
        assertEquals(Map.of(), store.scan());
    }

    @Test
    void theDataFolderComesFirst() throws IOException {
        Dictionaries.inConfig(root);
        assertEquals(Map.of(VERSION, Origin.CONFIG), store.scan());
        store.write(Dictionaries.files(root));
        assertEquals(Map.of(VERSION, Origin.DATA), store.scan());
    }

    @Test
    void aDamagedCopyIsReplaced() throws IOException {
        store.write(Dictionaries.files(root));
        Files.delete(root.resolve("data").resolve(VERSION).resolve("hmm.json"));
        assertThrows(DictionaryException.class, () -> store.read(VERSION, Origin.DATA));
        store.write(Dictionaries.files(root));
        assertEquals(VERSION, store.read(VERSION, Origin.DATA).version());
    }

    @Test
    void whatAKilledNodeLeftIsNoVersionAndIsSwept() throws IOException {
        Path left = Files.createDirectories(root.resolve("data").resolve(".unfinished-" + VERSION));
        Files.writeString(left.resolve("words.tsv"), "half");
        assertEquals(Map.of(), store.scan());
        store.sweep();
        assertFalse(Files.exists(left));
        store.sweep();
    }

    @Test
    void chunksMakeTheFile() throws IOException {
        Path folder = Dictionaries.inConfig(root);
        byte[] whole = Files.readAllBytes(folder.resolve("normalize.tsv"));
        DictionaryChunk head = store.chunk(VERSION, "normalize.tsv", 0, 10);
        DictionaryChunk tail = store.chunk(VERSION, "normalize.tsv", 10, 1000);
        assertEquals(whole.length, head.size());
        byte[] joined = new byte[whole.length];
        System.arraycopy(head.bytes(), 0, joined, 0, 10);
        System.arraycopy(tail.bytes(), 0, joined, 10, tail.bytes().length);
        assertArrayEquals(whole, joined);
        assertEquals(0, store.chunk(VERSION, "normalize.tsv", 9999, 10).bytes().length);
    }

    @Test
    void noNameLeadsOutOfTheFolder() {
        assertEquals(
                "[../x] is no file of a dictionary: there are [content.tsv, hmm.json, manifest.json, normalize.tsv,"
                        + " words.tsv]",
                chunkRefusal(VERSION, "../x"));
        assertEquals(
                "[../../etc/pw] is no dictionary version: one has twelve hexadecimal digits",
                chunkRefusal("../../etc/pw", "words.tsv"));
        assertEquals(
                "this node has no file [words.tsv] of dictionary [ffffffffffff]",
                chunkRefusal("ffffffffffff", "words.tsv"));
    }

    @Test
    void aDiskThatTakesNothingIsSaid() throws IOException {
        Files.writeString(root.resolve("data"), "a file where the folder belongs");
        assertTrue(assertThrows(IOException.class, () -> store.write(Dictionaries.files(root)))
                .getMessage()
                .contains("data"));
    }

    private String chunkRefusal(String version, String file) {
        return assertThrows(DictionaryException.class, () -> store.chunk(version, file, 0, 10))
                .getMessage();
    }
}
