package org.encore.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DictionaryTest {
    @TempDir
    Path root;

    private Path folder;

    @BeforeEach
    void write() throws IOException {
        folder = TinyDictionary.write(root);
    }

    @Test
    void versionsAreLoadedOnceAndShared() {
        Dictionaries dictionaries = new Dictionaries(root);
        Dictionary first = dictionaries.get(TinyDictionary.VERSION);
        assertEquals(TinyDictionary.VERSION, first.version());
        assertSame(first, dictionaries.get(TinyDictionary.VERSION));
    }

    @Test
    void missingVersionIsNamedBesideThoseThatAreThere() {
        assertEquals(
                "this node has no dictionary [ffffffffffff]: put its folder under [" + root
                        + "], where it finds [0123456789ab]",
                refusal("ffffffffffff"));
    }

    @Test
    void versionFoundLaterIsLoaded() throws IOException {
        Path moved = Files.move(folder, root.resolve("elsewhere"));
        Dictionaries dictionaries = new Dictionaries(root);
        assertThrows(DictionaryException.class, () -> dictionaries.get(TinyDictionary.VERSION));
        Files.move(moved, folder);
        assertEquals(TinyDictionary.VERSION, dictionaries.get(TinyDictionary.VERSION).version());
    }

    @Test
    void aNameIsNeverPartOfAPathUnchecked() {
        assertEquals(
                "[../0123456789a] is no dictionary version: one has twelve hexadecimal digits",
                refusal("../0123456789a"));
    }

    @Test
    void damagedFileIsNamed() throws IOException {
        Files.writeString(folder.resolve("content.tsv"), "");
        String empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assertTrue(refusal(TinyDictionary.VERSION).startsWith("dictionary [0123456789ab] is damaged: [content.tsv] has"
                + " checksum [" + empty + "] instead of ["));
    }

    @Test
    void missingFileIsNamed() throws IOException {
        Files.delete(folder.resolve("hmm.json"));
        assertTrue(refusal(TinyDictionary.VERSION).startsWith(
                "dictionary [0123456789ab] is damaged: [hmm.json] has checksum [no such file] instead of ["));
    }

    @Test
    void otherSchemaIsRefused() throws IOException {
        manifest("\"schema\":1", "\"schema\":2");
        assertEquals(
                "dictionary [0123456789ab] has schema [2]; this plugin reads [1]", refusal(TinyDictionary.VERSION));
    }

    @Test
    void renamedFolderIsRefused() throws IOException {
        manifest("\"version\":\"0123456789ab\"", "\"version\":\"ffffffffffff\"");
        assertEquals(
                "dictionary folder [0123456789ab] holds version [ffffffffffff]; a version is never renamed",
                refusal(TinyDictionary.VERSION));
    }

    @Test
    void brokenManifestIsRefused() throws IOException {
        Files.writeString(folder.resolve("manifest.json"), "[]");
        assertTrue(refusal(TinyDictionary.VERSION).startsWith("dictionary [0123456789ab] cannot be read: "));
    }

    private void manifest(String old, String changed) throws IOException {
        Path file = folder.resolve("manifest.json");
        Files.writeString(file, Files.readString(file).replace(old, changed));
    }

    private String refusal(String version) {
        return assertThrows(DictionaryException.class, () -> new Dictionaries(root).get(version))
                .getMessage();
    }
}
