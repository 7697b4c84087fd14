package org.encore.text;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The dictionaries under {@code config/encore/dictionary/} of a node, shared by all its indices.
 *
 * <p>Settings name a version, never a path. A version that is missing or damaged refuses the index or the
 * request that names it. Thread-safe.
 */
public final class NodeDictionaries {
    /** The setting of an analysis component that names a version. */
    public static final String SETTING = "dictionary";

    private static final Path FOLDER = Path.of("encore", "dictionary");

    private final Map<Path, Dictionaries> byConfig = new ConcurrentHashMap<>(1);

    /**
     * The dictionary that a component's settings name.
     *
     * @param config  the node's config folder
     * @param version the value of {@link #SETTING}, or null where it is missing
     */
    public Dictionary named(Path config, String component, String version) {
        if (version == null) {
            throw new IllegalArgumentException("[" + component + "] needs [" + SETTING
                    + "], the version of a dictionary in the node's config/" + FOLDER);
        }
        return byConfig.computeIfAbsent(config, folder -> new Dictionaries(folder.resolve(FOLDER))).get(version);
    }
}
