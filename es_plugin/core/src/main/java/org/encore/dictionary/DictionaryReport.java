package org.encore.dictionary;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What people are answered: every node's report put together with the cluster's list and the indices. */
public final class DictionaryReport {
    private DictionaryReport() {}

    /**
     * A node's answer.
     *
     * @param name for people
     * @param versions its {@link NodeDictionaries#report}
     */
    public record OfNode(String name, Map<String, Object> versions) {}

    /** {@code {"versions": {V: {…}}}}: all versions that are listed, used, or on any node. */
    public static Map<String, Object> all(Map<String, OfNode> nodes, ClusterView view) {
        Set<String> names = new TreeSet<>(view.wanted());
        nodes.values().forEach(node -> names.addAll(node.versions().keySet()));
        Map<String, Object> versions = new LinkedHashMap<>();
        for (String version : names) {
            Map<String, Object> entry = entry(version, nodes, view);
            entry.replace("files", ((Map<?, ?>) entry.get("files")).size());
            Map<String, Object> states = new LinkedHashMap<>();
            new TreeMap<>(nodes).forEach((id, node) -> states.put(id, detail(node, version).get("state")));
            entry.replace("nodes", states);
            versions.put(version, entry);
        }
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("versions", versions);
        return report;
    }

    /**
     * One version with its files and what each node says of it.
     *
     * @throws DictionaryRefusal if nobody knows it
     */
    public static Map<String, Object> one(String version, Map<String, OfNode> nodes, ClusterView view) {
        if (!view.wanted().contains(version)
                && nodes.values().stream().noneMatch(node -> node.versions().containsKey(version))) {
            throw DictionaryRefusal.missing(version);
        }
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("version", version);
        report.putAll(entry(version, nodes, view));
        return report;
    }

    /**
     * The answer to a PUT: who is ready, and why others are not.
     *
     * @param created whether the version is new to the cluster's list
     */
    public static Map<String, Object> sent(String version, boolean created, ClusterView view) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("version", version);
        report.put("result", created ? "created" : "unchanged");
        ListedDictionaries.Listed listed = view.listed().versions().get(version);
        if (listed != null) {
            report.put("sha256", listed.sha256());
            report.put("bytes", listed.bytes());
        }
        Map<String, String> reasons = view.notReady(version);
        Map<String, Object> nodes = new LinkedHashMap<>();
        nodes.put("total", view.nodes().size());
        nodes.put("ready", view.nodes().size() - reasons.size());
        report.put("nodes", nodes);
        Map<String, Object> notReady = new LinkedHashMap<>();
        for (ClusterView.Peer node : view.nodes()) {
            if (reasons.containsKey(node.id())) {
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("node", node.name());
                one.put("reason", reasons.get(node.id()));
                notReady.put(node.id(), one);
            }
        }
        report.put("not_ready", notReady);
        return report;
    }

    /** The answer to a DELETE. */
    public static Map<String, Object> deleted(String version) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("version", version);
        report.put("result", "deleted");
        return report;
    }

    /** What a reload found: {@code {"nodes": {id: {"node", "versions": {V: {"state", "checks", …}}}}}}. */
    public static Map<String, Object> reloaded(Map<String, OfNode> nodes) {
        Map<String, Object> all = new LinkedHashMap<>();
        new TreeMap<>(nodes).forEach((id, node) -> {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("node", node.name());
            one.put("versions", node.versions());
            all.put(id, one);
        });
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("nodes", all);
        return report;
    }

    private static Map<String, Object> entry(String version, Map<String, OfNode> nodes, ClusterView view) {
        ListedDictionaries.Listed listed = view.listed().versions().get(version);
        Object sha256 = listed == null ? null : listed.sha256();
        Object bytes = listed == null ? null : listed.bytes();
        Map<?, ?> files = Map.of();
        Map<String, Object> details = new LinkedHashMap<>();
        for (Map.Entry<String, OfNode> node : new TreeMap<>(nodes).entrySet()) {
            Map<String, Object> detail = new LinkedHashMap<>();
            detail.put("node", node.getValue().name());
            detail.putAll(detail(node.getValue(), version));
            if (detail.remove("files") instanceof Map<?, ?> found) {
                files = found;
                bytes = detail.get("bytes");
                sha256 = sha256 == null ? detail.get("sha256") : sha256;
            }
            detail.remove("bytes");
            if ("missing".equals(detail.get("state"))) {
                detail.put("reason", view.notReady(version).getOrDefault(node.getKey(), ReadyNodes.SILENT));
            }
            details.put(node.getKey(), detail);
        }
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("files", files);
        entry.put("bytes", bytes);
        entry.put("sha256", sha256);
        entry.put("listed", listed != null);
        entry.put("nodes", details);
        entry.put("indices", List.copyOf(new TreeSet<>(view.users().getOrDefault(version, Set.of()))));
        return entry;
    }

    private static Map<String, Object> detail(OfNode node, String version) {
        Map<String, Object> detail = new LinkedHashMap<>();
        if (node.versions().get(version) instanceof Map<?, ?> found) {
            found.forEach((key, value) -> detail.put((String) key, value));
        } else {
            detail.put("state", "missing");
        }
        return detail;
    }
}
