package org.encore.dictionary;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.encore.text.DictionaryException;

/**
 * The versions that a cluster is to have on every node: part of its persistent state. Immutable.
 *
 * <p>A version is listed by a PUT and taken off by a DELETE, and never changed between.
 */
public record ListedDictionaries(Map<String, Listed> versions) {
    /** The name under which the cluster's state holds it. */
    public static final String TYPE = "encore_dictionaries";
    /** Of a cluster that nobody sent a dictionary. */
    public static final ListedDictionaries NONE = new ListedDictionaries(Map.of());

    private static final String VERSIONS = "versions";

    /**
     * A listed version.
     *
     * @param sha256 of its content
     * @param bytes of its files
     * @param since when it was listed, UTC milliseconds
     */
    public record Listed(String sha256, long bytes, long since) {}

    public ListedDictionaries {
        versions = Map.copyOf(versions);
    }

    /**
     * With one more; the same list if it has it already.
     *
     * @throws DictionaryRefusal if it has another content under this name
     */
    public ListedDictionaries with(String version, Listed added) {
        Listed known = versions.get(version);
        if (known != null) {
            if (!known.sha256().equals(added.sha256())) {
                throw DictionaryRefusal.conflict("dictionary [" + version + "] is there with content ["
                        + known.sha256() + "] and cannot become [" + added.sha256() + "]: a version is never changed");
            }
            return this;
        }
        Map<String, Listed> more = new TreeMap<>(versions);
        more.put(version, added);
        return new ListedDictionaries(more);
    }

    /**
     * Without a version.
     *
     * @param users the indices that name it in their settings
     * @throws DictionaryRefusal if there are any
     */
    public ListedDictionaries without(String version, Collection<String> users) {
        if (!users.isEmpty()) {
            throw DictionaryRefusal.conflict("dictionary [" + version + "] is used by " + users.stream().sorted().toList()
                    + ": delete these indices, or build them with another version, first");
        }
        Map<String, Listed> fewer = new TreeMap<>(versions);
        fewer.remove(version);
        return new ListedDictionaries(fewer);
    }

    /** Whether a version is listed. */
    public boolean has(String version) {
        return versions.containsKey(version);
    }

    /** The names. */
    public Set<String> names() {
        return versions.keySet();
    }

    /** As JSON values, in the order of the versions. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        new TreeMap<>(versions).forEach((version, listed) -> {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("sha256", listed.sha256());
            one.put("bytes", listed.bytes());
            one.put("since", listed.since());
            map.put(version, one);
        });
        return Map.of(VERSIONS, map);
    }

    /** What {@link #toMap} wrote. */
    public static ListedDictionaries fromMap(Map<String, Object> map) {
        Map<String, Listed> versions = new TreeMap<>();
        if (map.get(VERSIONS) instanceof Map<?, ?> listed) {
            listed.forEach((version, value) -> {
                if (!(value instanceof Map<?, ?> one
                        && one.get("sha256") instanceof String sha256
                        && one.get("bytes") instanceof Number bytes
                        && one.get("since") instanceof Number since)) {
                    throw new DictionaryException("the cluster's state lists dictionary [" + version + "] as ["
                            + value + "], which this plugin cannot read; use the newest plugin on every node");
                }
                versions.put((String) version, new Listed(sha256, bytes.longValue(), since.longValue()));
            });
        }
        return new ListedDictionaries(versions);
    }
}
