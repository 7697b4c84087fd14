package org.encore.dictionary;

import org.encore.text.Dictionary;

/**
 * A version that an analyzer names: loaded at the first text, by the thread that brings the text.
 *
 * <p>An engine makes analyzers on the thread that applies its cluster's state, which must not wait a second.
 * Whoever holds the handle of a loaded dictionary keeps it in memory. Thread-safe.
 */
public final class DictionaryHandle {
    private final String version;
    private final LoadedDictionaries loaded;
    private volatile Dictionary dictionary;

    DictionaryHandle(String version, LoadedDictionaries loaded) {
        this.version = version;
        this.loaded = loaded;
    }

    /** The version. */
    public String version() {
        return version;
    }

    /** The dictionary, loaded if it is not in memory. */
    public Dictionary get() {
        Dictionary known = dictionary;
        if (known == null) {
            known = loaded.get(version);
            dictionary = known;
        }
        return known;
    }
}
