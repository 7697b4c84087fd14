package org.encore.text;

import java.io.IOException;
import java.lang.ref.SoftReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The dictionary versions of one node: folders named by version under one root, loaded when first asked for.
 *
 * <p>All users of a version share one copy. A version that no index uses any more is freed when the heap
 * needs the room. A version put beside the others while the node runs can be used at once. Thread-safe.
 */
public final class Dictionaries {
    private static final Pattern VERSION = Pattern.compile("[0-9a-f]{12}");

    private final Path root;
    private final Map<String, SoftReference<Dictionary>> loaded = new HashMap<>();

    public Dictionaries(Path root) {
        this.root = root;
    }

    /**
     * The dictionary of a version. The name is checked before it becomes part of a path.
     *
     * @throws DictionaryException if the node does not have it, or if it is damaged
     */
    public synchronized Dictionary get(String version) {
        SoftReference<Dictionary> kept = loaded.get(version);
        Dictionary dictionary = kept == null ? null : kept.get();
        if (dictionary == null) {
            dictionary = load(version);
            loaded.put(version, new SoftReference<>(dictionary));
        }
        return dictionary;
    }

    private Dictionary load(String version) {
        if (!VERSION.matcher(version).matches()) {
            throw new DictionaryException(
                    "[" + version + "] is no dictionary version: one has twelve hexadecimal digits");
        }
        Path folder = root.resolve(version);
        if (!Files.isDirectory(folder)) {
            throw new DictionaryException("this node has no dictionary [" + version + "]: put its folder under ["
                    + root + "], where it finds " + versions());
        }
        return Dictionary.load(folder);
    }

    private List<String> versions() {
        try (Stream<Path> folders = Files.list(root)) {
            return folders.map(folder -> folder.getFileName().toString())
                    .filter(name -> VERSION.matcher(name).matches())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
