package org.encore.dictionary;

import static org.encore.dictionary.Dictionaries.VERSION;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.encore.json.JsonWriter;
import org.encore.text.DictionaryException;
import org.encore.text.DictionaryFiles;
import org.encore.text.TinyDictionary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DictionaryUploadTest {
    private static final String EVERY = "[content.tsv, hmm.json, manifest.json, normalize.tsv, words.tsv]";

    @TempDir
    Path root;

    @Test
    void theFilesAreThoseOfTheFolder() throws IOException {
        DictionaryFiles read = read(VERSION, JsonWriter.write(Map.of("files", Dictionaries.texts(root))));
        assertEquals(Dictionaries.files(root).sha256(), read.sha256());
        assertEquals(Dictionaries.files(root).bytes(), read.bytes());
    }

    @Test
    void everyWayToWriteACharacterIsRead() throws IOException {
        String text = "a\"\\/\b\f\n\r\t\u00e9晴😀";
        Map<String, String> texts = Map.of("content.tsv", text, "hmm.json", "", "normalize.tsv", "", "words.tsv", "");
        Path folder = TinyDictionary.write(root, texts, 0);
        String version = folder.getFileName().toString();
        String manifest = JsonWriter.write(Files.readString(folder.resolve("manifest.json")));
        String body = " {\t\"files\" :{\"content.tsv\": \"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00E9\\u6674\\ud83d\\uDE00\" ,"
                + "\"hmm.json\":\"\",\"normalize.tsv\":\"\",\"words.tsv\":\"\",\r\n\"manifest.json\":" + manifest + "}} ";
        assertArrayEquals(
                text.getBytes(StandardCharsets.UTF_8), read(version, body).contents().get("content.tsv"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "[]", "{}", "{\"files\": 7}", "\"files\""})
    void anotherFormIsRefused(String body) {
        assertEquals(
                "the body of dictionary [" + VERSION + "] is to be {\"files\": {name: text}} with the names " + EVERY,
                refusal(body));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{                                    | 1  | name",
        "{7                                   | 1  | name",
        "{\"files\" {                         | 9  | ':'",
        "{\"files\": {\"words.tsv\": \"x        | 26 | string without control characters",
        "{\"files\": {\"words.tsv\": \"\\x\"}}   | 26 | escape",
        "{\"files\": {\"words.tsv\": \"\\u12g4\"}} | 29 | four hexadecimal digits",
        "{\"files\": {\"words.tsv\": \"\\ud83dx\"}} | 31 | other half of a character",
        "{\"files\": {\"words.tsv\": \"\" \"       | 27 | '}'",
        "{\"files\": {\"words.tsv\": \"\"}         | 27 | '}'",
        "{\"files\": {\"words.tsv\": \"\"}} x      | 29 | end",
    })
    void whatIsNoJsonIsPointedAt(String body, int at, String wanted) {
        assertEquals(
                "the body of dictionary [" + VERSION + "] is no JSON: at byte [" + at + "] there is no " + wanted,
                refusal(body));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{\"path\": \"/etc\"}                              | unknown field [path] beside [files]",
        "{\"files\": {}, \"url\": \"http://x\"}            | unknown field [url] beside [files]",
        "{\"files\": {\"words.tsv\": [1]}}                 | [files.words.tsv] is to be the file's text",
        "{\"files\": {\"words.tsv\": \"\", \"words.tsv\": \"\"}} | [files.words.tsv] is there twice",
    })
    void whatDoesNotBelongIsNamed(String body, String reason) {
        assertEquals(reason, refusal(body));
    }

    @Test
    void noNameLeadsOutOfAFolder() {
        assertEquals(
                "[../words.tsv] is no file of a dictionary: there are " + EVERY,
                refusal("{\"files\": {\"../words.tsv\": \"\"}}"));
    }

    @Test
    void aMissingFileIsNamed() throws IOException {
        Map<String, Object> texts = Dictionaries.texts(root);
        texts.remove("hmm.json");
        assertTrue(refusal(JsonWriter.write(Map.of("files", texts)))
                .startsWith("dictionary [" + VERSION + "] is damaged: [hmm.json] has checksum [no such file] instead of ["));
    }

    @Test
    void filesOfAnotherVersionAreRefused() throws IOException {
        String body = JsonWriter.write(Map.of("files", Dictionaries.texts(root)));
        assertEquals(
                "dictionary [ffffffffffff] has the manifest of version [" + VERSION + "]; a version is never renamed",
                assertThrows(DictionaryException.class, () -> read("ffffffffffff", body))
                        .getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"files\": {\"words.tsv\": \"\u00ff\"}}",
                "{\"files\": {\"\u00e6\u0099\": \"\"}}",
                "{\"\u00c0\u0080\": 1}",
            })
    void whatIsNoUtf8IsRefused(String bytes) {
        InputStream body = new ByteArrayInputStream(bytes.getBytes(StandardCharsets.ISO_8859_1));
        assertEquals(
                "the body of dictionary [" + VERSION + "] is no UTF-8",
                assertThrows(DictionaryException.class, () -> DictionaryUpload.read(VERSION, body))
                        .getMessage());
    }

    @Test
    void aCharacterMayLieOnTheEdgeOfABuffer() throws IOException {
        String word = "x".repeat(8191) + "晴".repeat(9000);
        Map<String, String> texts = Map.of("content.tsv", word, "hmm.json", "", "normalize.tsv", "", "words.tsv", "");
        String version = TinyDictionary.write(root, texts, 0).getFileName().toString();
        Map<String, String> sent = new HashMap<>(texts);
        sent.put("manifest.json", Files.readString(root.resolve(version).resolve("manifest.json")));
        String body = JsonWriter.write(Map.of("files", sent));
        assertArrayEquals(
                word.getBytes(StandardCharsets.UTF_8), read(version, body).contents().get("content.tsv"));
    }

    private static DictionaryFiles read(String version, String body) throws IOException {
        return DictionaryUpload.read(version, new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
    }

    private static String refusal(String body) {
        return assertThrows(DictionaryException.class, () -> read(VERSION, body)).getMessage();
    }
}
