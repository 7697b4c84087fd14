package org.encore.dictionary;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What each node said of its dictionaries since it joined: part of the cluster's state that no disk keeps. Immutable.
 *
 * <p>A node is known by the id that it takes anew at each start, so a restarted node counts as not ready until
 * it has looked at its files again.
 *
 * @param nodes by node id: by version, {@link #READY} or what is wrong
 */
public record ReadyNodes(Map<String, Map<String, String>> nodes) {
    /** The name under which the cluster's state holds it. */
    public static final String TYPE = "encore_dictionary_nodes";
    /** When no node has said anything. */
    public static final ReadyNodes NONE = new ReadyNodes(Map.of());
    /** What a node says of a version that is whole and can be used. */
    public static final String READY = "";
    /** What is said of a node that has said nothing. */
    static final String SILENT = "it has not said yet that it has it";

    public ReadyNodes {
        Map<String, Map<String, String>> copied = new HashMap<>();
        nodes.forEach((node, versions) -> copied.put(node, Map.copyOf(versions)));
        nodes = Map.copyOf(copied);
    }

    /** With what a node says now; nodes other than {@code present} are dropped. */
    public ReadyNodes with(String node, Map<String, String> versions, Set<String> present) {
        Map<String, Map<String, String>> changed = new HashMap<>(nodes);
        changed.put(node, versions);
        changed.keySet().retainAll(present);
        return changed.equals(nodes) ? this : new ReadyNodes(changed);
    }

    /** What a node said last; null if nothing. */
    public Map<String, String> of(String node) {
        return nodes.get(node);
    }

    /** Why a node cannot use a version yet; null if it can. */
    public String whyNot(String node, String version) {
        String said = nodes.getOrDefault(node, Map.of()).getOrDefault(version, SILENT);
        return said.equals(READY) ? null : said;
    }

    /** As JSON values. */
    public Map<String, Object> toMap() {
        return new TreeMap<>(nodes);
    }

    /** What {@link #toMap} wrote. */
    public static ReadyNodes fromMap(Map<String, Object> map) {
        Map<String, Map<String, String>> nodes = new HashMap<>();
        map.forEach((node, said) -> {
            Map<String, String> versions = new HashMap<>();
            if (said instanceof Map<?, ?> by) {
                by.forEach((version, what) -> versions.put((String) version, (String) what));
            }
            nodes.put(node, versions);
        });
        return new ReadyNodes(nodes);
    }
}
