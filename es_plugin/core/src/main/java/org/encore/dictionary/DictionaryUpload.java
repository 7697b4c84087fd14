package org.encore.dictionary;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.encore.json.JsonException;
import org.encore.json.JsonReader;
import org.encore.text.DictionaryException;
import org.encore.text.DictionaryFiles;

/**
 * The body of a PUT: {@code {"files": {"manifest.json": "…", "words.tsv": "…", …}}}, each file's text as it stands.
 *
 * <p>JSON, as everything that an engine is sent: a dictionary's files are UTF-8, and HTTP compresses.
 */
public final class DictionaryUpload {
    private static final String FILES = "files";

    private DictionaryUpload() {}

    /**
     * The files of a body, checked to be those of the version.
     *
     * @throws DictionaryException if they are not, or the body has another form
     */
    public static DictionaryFiles read(String version, byte[] body) {
        DictionaryFiles.checkVersion(version);
        Object parsed;
        try {
            parsed = JsonReader.parse(text(version, body));
        } catch (JsonException e) {
            throw new DictionaryException("the body of dictionary [" + version + "] is no JSON: " + e.getMessage(), e);
        }
        if (!(parsed instanceof Map<?, ?> object)) {
            throw wrongForm(version);
        }
        for (Object name : object.keySet()) {
            if (!FILES.equals(name)) {
                throw new DictionaryException("unknown field [" + name + "] beside [" + FILES + "]");
            }
        }
        if (!(object.get(FILES) instanceof Map<?, ?> texts)) {
            throw wrongForm(version);
        }
        Map<String, byte[]> contents = new LinkedHashMap<>();
        for (Map.Entry<?, ?> file : texts.entrySet()) {
            String name = (String) file.getKey();
            if (!DictionaryFiles.ALL.contains(name)) {
                throw new DictionaryException(
                        "[" + name + "] is no file of a dictionary: there are " + DictionaryFiles.ALL);
            }
            if (!(file.getValue() instanceof String text)) {
                throw new DictionaryException("[" + FILES + "." + name + "] is to be the file's text");
            }
            contents.put(name, text.getBytes(StandardCharsets.UTF_8));
        }
        return DictionaryFiles.of(version, contents);
    }

    /** Strictly: what is no UTF-8 must not become other words. */
    private static String text(String version, byte[] body) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
        } catch (CharacterCodingException e) {
            throw new DictionaryException("the body of dictionary [" + version + "] is no UTF-8", e);
        }
    }

    private static DictionaryException wrongForm(String version) {
        return new DictionaryException("the body of dictionary [" + version + "] is to be {\"" + FILES
                + "\": {name: text}} with the names " + DictionaryFiles.ALL);
    }
}
