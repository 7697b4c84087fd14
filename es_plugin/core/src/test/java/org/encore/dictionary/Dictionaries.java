package org.encore.dictionary;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.encore.text.DictionaryFiles;
import org.encore.text.TinyDictionary;

/** What the tests of this package share: a tiny version, its folder, its upload. */
final class Dictionaries {
    static final String VERSION = TinyDictionary.VERSION;

    private Dictionaries() {}

    /** A store below {@code root} with nothing in it. */
    static DictionaryStore store(Path root) {
        return new DictionaryStore(root.resolve("config"), root.resolve("data"));
    }

    /** Lays the version into the configuration of the store below {@code root}. */
    static Path inConfig(Path root) throws IOException {
        return TinyDictionary.write(root.resolve("config"));
    }

    /** The version's files. */
    static DictionaryFiles files(Path root) throws IOException {
        return DictionaryFiles.read(TinyDictionary.write(root.resolve("elsewhere")));
    }

    /** The version's files as text, by name; free to be changed. */
    static Map<String, Object> texts(Path root) throws IOException {
        Map<String, Object> texts = new LinkedHashMap<>();
        Path folder = TinyDictionary.write(root.resolve("elsewhere"));
        for (String name : DictionaryFiles.ALL) {
            texts.put(name, Files.readString(folder.resolve(name)));
        }
        return texts;
    }
}
