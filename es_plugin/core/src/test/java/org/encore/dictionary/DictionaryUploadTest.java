package org.encore.dictionary;

import static org.encore.dictionary.Dictionaries.VERSION;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.encore.json.JsonWriter;
import org.encore.text.DictionaryException;
import org.encore.text.DictionaryFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DictionaryUploadTest {
    private static final String FORM = "the body of dictionary [" + VERSION + "] is to be {\"files\": {name: text}} with the"
            + " names [content.tsv, hmm.json, manifest.json, normalize.tsv, words.tsv]";

    @TempDir
    Path root;

    @Test
    void theFilesAreThoseOfTheFolder() throws IOException {
        DictionaryFiles read = read(Map.of("files", Dictionaries.texts(root)));
        assertEquals(Dictionaries.files(root).sha256(), read.sha256());
        assertEquals(Dictionaries.files(root).bytes(), read.bytes());
    }

    @Test
    void anotherFormIsRefused() {
        assertEquals(FORM, refusal("[]"));
        assertEquals(FORM, refusal("{}"));
        assertEquals(FORM, refusal("{\"files\": 7}"));
        assertEquals("unknown field [path] beside [files]", refusal("{\"path\": \"/etc\"}"));
        assertEquals("the body of dictionary [" + VERSION + "] is no JSON: the text ends too early at [0]", refusal(""));
        assertEquals(
                "[../words.tsv] is no file of a dictionary: there are [content.tsv, hmm.json, manifest.json,"
                        + " normalize.tsv, words.tsv]",
                refusal("{\"files\": {\"../words.tsv\": \"\"}}"));
        assertEquals("[files.words.tsv] is to be the file's text", refusal("{\"files\": {\"words.tsv\": [1]}}"));
    }

    @Test
    void aMissingFileIsNamed() throws IOException {
        Map<String, Object> texts = Dictionaries.texts(root);
        texts.remove("hmm.json");
        String said = refusal(JsonWriter.write(Map.of("files", texts)));
        assertEquals(
                "dictionary [" + VERSION + "] is damaged: [hmm.json] has checksum [no such file] instead of",
                said.substring(0, said.indexOf(" of [") + 3));
    }

    @Test
    void filesOfAnotherVersionAreRefused() throws IOException {
        String body = JsonWriter.write(Map.of("files", Dictionaries.texts(root)));
        assertEquals(
                "dictionary [ffffffffffff] has the manifest of version [" + VERSION + "]; a version is never renamed",
                assertThrows(DictionaryException.class, () -> DictionaryUpload.read("ffffffffffff", body))
                        .getMessage());
    }

    private static DictionaryFiles read(Object body) {
        return DictionaryUpload.read(VERSION, JsonWriter.write(body));
    }

    private static String refusal(String body) {
        return assertThrows(DictionaryException.class, () -> DictionaryUpload.read(VERSION, body))
                .getMessage();
    }
}
