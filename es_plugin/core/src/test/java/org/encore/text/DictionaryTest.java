package org.encore.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DictionaryTest {
    private static final String VERSION = TinyDictionary.VERSION;

    @TempDir
    Path root;

    private Path folder;

    @BeforeEach
    void write() throws IOException {
        folder = TinyDictionary.write(root);
    }

    @Test
    void theVersionIsThatOfTheFolder() {
        assertEquals(TinyDictionary.VERSION, Dictionary.load(folder).version());
    }

    @Test
    void aNameIsNeverPartOfAPathUnchecked() {
        assertEquals(
                "[../0123456789a] is no dictionary version: one has twelve hexadecimal digits",
                assertThrows(DictionaryException.class, () -> DictionaryFiles.checkVersion("../0123456789a"))
                        .getMessage());
    }

    @Test
    void otherContentIsAnotherVersion() throws IOException {
        String other = "ffffffffffff";
        manifest(VERSION, other);
        folder = Files.move(folder, root.resolve(other));
        assertEquals(
                "the files of dictionary [ffffffffffff] make version [" + VERSION
                        + "]; a version is named by its content",
                refusal());
    }

    @Test
    void theSumOfTheFrequenciesIsNotTakenOnTrust() throws IOException {
        manifest("\"log_total\":", "\"log_total\":1");
        assertEquals(
                "the words' frequencies add up to [17], whose log is not [" + (10 + Math.log(17))
                        + "], the manifest's [log_total]; export the dictionary again",
                refusal());
    }

    @Test
    void damagedFileIsNamed() throws IOException {
        Files.writeString(folder.resolve("content.tsv"), "");
        String empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assertTrue(refusal().startsWith("dictionary [" + VERSION + "] is damaged: [content.tsv] has"
                + " checksum [" + empty + "] instead of ["));
    }

    @Test
    void missingFileIsNamed() throws IOException {
        Files.delete(folder.resolve("hmm.json"));
        assertTrue(refusal().startsWith(
                "dictionary [" + VERSION + "] is damaged: [hmm.json] has checksum [no such file] instead of ["));
    }

    @Test
    void otherSchemaIsRefused() throws IOException {
        manifest("\"schema\":1", "\"schema\":2");
        assertEquals(
                "dictionary [" + VERSION + "] has schema [2]; this plugin reads [1]", refusal());
    }

    @Test
    void renamedFolderIsRefused() throws IOException {
        manifest("\"version\":\"" + VERSION + "\"", "\"version\":\"ffffffffffff\"");
        assertEquals(
                "dictionary [" + VERSION + "] has the manifest of version [ffffffffffff]; a version is never renamed",
                refusal());
    }

    @Test
    void brokenManifestIsRefused() throws IOException {
        Files.writeString(folder.resolve("manifest.json"), "[]");
        assertTrue(refusal().startsWith("dictionary [" + VERSION + "] cannot be read: "));
    }

    private void manifest(String old, String changed) throws IOException {
        Path file = folder.resolve("manifest.json");
        Files.writeString(file, Files.readString(file).replace(old, changed));
    }

    private String refusal() {
        return assertThrows(DictionaryException.class, () -> Dictionary.load(folder)).getMessage();
    }
}
