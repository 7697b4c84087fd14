package org.encore.dictionary;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.encore.text.ComponentNames;

/**
 * Which versions an index's analysis settings name; remembered, for an engine asks often and settings rarely change.
 *
 * <p>Thread-safe.
 */
public final class IndexDictionaries {
    private static final int REMEMBERED = 10_000; // indices: some 100 bytes each
    private static final Pattern KEY = Pattern.compile(
            "index\\.analysis\\.(tokenizer|char_filter)\\.(.+)\\." + ComponentNames.DICTIONARY);

    private final Map<Key, Set<String>> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Set<String>> eldest) {
            return size() > REMEMBERED;
        }
    };

    private record Key(String index, long settingsVersion) {}

    /**
     * The versions that settings name.
     *
     * @param index the index's unique id
     * @param settingsVersion changes with the settings
     * @param keys all settings' names
     * @param value a setting's value by its name
     */
    public Set<String> of(String index, long settingsVersion, Collection<String> keys, Function<String, String> value) {
        Key key = new Key(index, settingsVersion);
        synchronized (known) {
            Set<String> versions = known.get(key);
            if (versions == null) {
                versions = named(keys, value);
                known.put(key, versions);
            }
            return versions;
        }
    }

    /** The same of settings that are no index's yet. */
    static Set<String> named(Collection<String> keys, Function<String, String> value) {
        Set<String> versions = new TreeSet<>();
        for (String key : keys) {
            Matcher found = KEY.matcher(key);
            if (found.matches()) {
                String type = value.apply(key.substring(0, key.length() - ComponentNames.DICTIONARY.length()) + "type");
                String version = value.apply(key);
                if (version != null && type != null && (type.equals(ComponentNames.JIEBA) || type.equals(ComponentNames.NORMALIZE))) {
                    versions.add(version);
                }
            }
        }
        return Set.copyOf(versions);
    }
}
