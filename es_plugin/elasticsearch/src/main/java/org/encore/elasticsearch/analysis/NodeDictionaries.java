package org.encore.elasticsearch.analysis;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.encore.text.Dictionaries;
import org.encore.text.Dictionary;

/**
 * The dictionaries under {@code config/encore/dictionary/} of this node, shared by all its indices.
 *
 * <p>Settings name a version, never a path. A version that is missing or damaged refuses the index or the
 * request that names it.
 */
final class NodeDictionaries {
    static final String SETTING = "dictionary";
    private static final Path FOLDER = Path.of("encore", "dictionary");

    private final Map<Path, Dictionaries> byConfig = new ConcurrentHashMap<>(1);

    /** The dictionary that a component's settings name. */
    Dictionary named(Environment environment, String component, Settings settings) {
        String version = settings.get(SETTING);
        if (version == null) {
            throw new IllegalArgumentException("[" + component + "] needs [" + SETTING
                    + "], the version of a dictionary in the node's config/" + FOLDER);
        }
        return byConfig.computeIfAbsent(environment.configDir(), config -> new Dictionaries(config.resolve(FOLDER)))
                .get(version);
    }
}
