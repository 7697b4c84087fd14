package org.encore.dictionary;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a node sees of its cluster, as far as dictionaries go. Immutable.
 *
 * @param recovered whether list and indices are those of the cluster, not of a node that has yet to join it
 * @param mastered whether there is a master to be told anything
 * @param holdsShards whether this node may have any, and so dictionaries in use
 * @param local this node's id of this start
 * @param nodes all of them
 * @param listed the versions that every node is to have
 * @param users by version that an index's settings name: the indices
 * @param ready what each node said
 */
public record ClusterView(
        boolean recovered,
        boolean mastered,
        boolean holdsShards,
        String local,
        List<Peer> nodes,
        ListedDictionaries listed,
        Map<String, Set<String>> users,
        ReadyNodes ready) {
    /**
     * A node.
     *
     * @param id the one that it keeps
     * @param start the one that it takes anew at each start
     * @param name for people
     */
    public record Peer(String id, String start, String name) {}

    /** Before anything is known. */
    public static final ClusterView NOTHING = new ClusterView(
            false, false, false, "", List.of(), ListedDictionaries.NONE, Map.of(), ReadyNodes.NONE);

    /** The versions that this node is to have: the listed ones, and those of indices. */
    public Set<String> wanted() {
        Set<String> wanted = new TreeSet<>(listed.names());
        wanted.addAll(users.keySet());
        return wanted;
    }

    /** By node's own id, why it cannot use a version yet; empty when all can. */
    public Map<String, String> notReady(String version) {
        Map<String, String> reasons = new TreeMap<>();
        for (Peer node : nodes) {
            String why = ready.whyNot(node.start(), version);
            if (why != null) {
                reasons.put(node.id(), why);
            }
        }
        return reasons;
    }

    /**
     * Why a shard of an index cannot be on a node yet.
     *
     * @param index its name
     * @param versions those that its settings name
     * @param start the node's id of this start
     * @param ready what the nodes said
     * @return null if it can
     */
    public static String keepsOff(String index, Set<String> versions, String start, ReadyNodes ready) {
        for (String version : new TreeSet<>(versions)) {
            String why = ready.whyNot(start, version);
            if (why != null) {
                return "index [" + index + "] needs dictionary [" + version + "], which this node cannot use yet: " + why;
            }
        }
        return null;
    }

    /** Whether any node said that it has a version. */
    public static boolean known(String version, ReadyNodes ready) {
        return ready.nodes().values().stream().anyMatch(said -> said.containsKey(version));
    }

    /** The other nodes, those first that said that they have the version. */
    public List<Peer> holders(String version) {
        return nodes.stream()
                .filter(node -> !node.start().equals(local))
                .sorted(Comparator.comparing((Peer peer) -> ready.whyNot(peer.start(), version) != null))
                .toList();
    }
}
