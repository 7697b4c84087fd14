package org.encore.dictionary;

import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.encore.dictionary.DictionaryStore.Origin;
import org.encore.text.ComponentNames;
import org.encore.text.Dictionary;
import org.encore.text.DictionaryException;
import org.encore.text.DictionaryFiles;

/**
 * The dictionaries of one node: what it has, in which state, and in memory.
 *
 * <p>A version is known from the start on, or since it came through the cluster, or since a reload found its
 * folder; analyzers may use a version that is known and not corrupt. What is asked of it by the thread that
 * applies a cluster's state touches no disk and loads nothing. Thread-safe.
 */
public final class NodeDictionaries {
    /** How a version stands on this node. */
    public enum State {
        /** There is a folder; its files were not checked yet. */
        PRESENT,
        /** The files are those of the version. */
        READY,
        /** They are not, or no dictionary can be made of them. */
        CORRUPT
    }

    /**
     * A version on this node.
     *
     * @param origin where its folder lies
     * @param sha256 of the content; null if it was not checked or is corrupt
     * @param bytes of the files; 0 likewise
     * @param sizes bytes by file; empty likewise
     * @param reason what is wrong; null if nothing is
     * @param checks how often the files were checked since the node started
     */
    public record Standing(
            State state, Origin origin, String sha256, long bytes, Map<String, Long> sizes, String reason, int checks) {}

    private final DictionaryStore store;
    private final HeapRoom room;
    private final LoadedDictionaries loaded = new LoadedDictionaries(this::load);
    private final Map<String, Standing> known = new ConcurrentHashMap<>();
    private final Set<String> arriving = ConcurrentHashMap.newKeySet();
    private final Set<String> leaving = ConcurrentHashMap.newKeySet();
    private final Object disk = new Object();

    /** Looks which versions are there; checks and loads none. */
    public NodeDictionaries(DictionaryStore store, HeapRoom room) {
        this.store = store;
        this.room = room;
        store.scan().forEach((version, origin) -> known.put(version, present(origin, 0)));
    }

    /**
     * What an analyzer of the version is made with; loads nothing.
     *
     * @param component the analysis component, for the message
     * @param version null if its settings name none
     * @throws DictionaryException if this node cannot have it
     */
    public DictionaryHandle handle(String component, String version) {
        if (version == null) {
            throw new DictionaryException("[" + component + "] needs [" + ComponentNames.DICTIONARY
                    + "], the version of a dictionary; GET _encore/dictionary lists those there are");
        }
        Standing standing = known.get(DictionaryFiles.checkVersion(version));
        if (standing == null) {
            throw new DictionaryException("this node has no dictionary [" + version + "]: PUT _encore/dictionary/" + version
                    + " sends it to every node; it has " + new TreeSet<>(known.keySet()));
        }
        if (standing.state() == State.CORRUPT) {
            throw new DictionaryException(standing.reason());
        }
        return new DictionaryHandle(version, loaded);
    }

    /** How each version stands, by version. */
    public Map<String, Standing> standings() {
        return new TreeMap<>(known);
    }

    /** How a version stands; null if it is not here. */
    public Standing standing(String version) {
        return known.get(version);
    }

    /** Whether it is in memory. */
    public boolean inMemory(String version) {
        return loaded.holds(version);
    }

    /** Checks the files of a version that is known, and says how it stands now; null if it has gone. */
    public Standing check(String version) {
        synchronized (disk) {
            Standing standing = known.get(version);
            if (standing != null) {
                known.replace(version, standing, checked(version, standing));
            }
            return known.get(version);
        }
    }

    /** Looks for folders that came or went, and checks the files of every version. */
    public void reload() {
        synchronized (disk) {
            Map<String, Origin> found = store.scan();
            for (Map.Entry<String, Standing> old : Map.copyOf(known).entrySet()) {
                if (!found.containsKey(old.getKey()) && known.remove(old.getKey(), old.getValue())) {
                    loaded.forget(old.getKey());
                }
            }
            found.forEach((version, origin) -> {
                if (!leaving.contains(version)) {
                    Standing old = known.putIfAbsent(version, present(origin, 0));
                    if (old != null && old.origin() != origin) {
                        known.replace(version, old, present(origin, old.checks()));
                    }
                    check(version);
                }
            });
        }
    }

    /**
     * Keeps a version that came through the cluster, and loads it, which shows that it makes sense.
     *
     * @throws DictionaryException if it makes none; nothing is kept then
     * @throws IOException if the disk does not take it
     */
    public void keep(DictionaryFiles files) throws IOException {
        String version = files.version();
        Dictionary dictionary = parsed(files);
        synchronized (disk) {
            leaving.remove(version);
            store.write(files);
            known.compute(version, (name, old) -> ready(files, Origin.DATA, old == null ? 1 : old.checks() + 1));
            loaded.offer(dictionary);
        }
    }

    /** Protects a version that is kept before the cluster lists it; {@link #arrived} ends that. */
    void arriving(String version) {
        arriving.add(version);
    }

    void arrived(String version) {
        arriving.remove(version);
    }

    /**
     * Forgets at once what came through the cluster and is no longer wanted; {@link #erase} deletes the files.
     *
     * @return whether there is anything to erase
     */
    boolean forget(Set<String> wanted) {
        arriving.removeAll(wanted);
        known.forEach((version, standing) -> {
            if (standing.origin() == Origin.DATA && !wanted.contains(version) && !arriving.contains(version)) {
                leaving.add(version);
                known.remove(version);
                loaded.forget(version);
            }
        });
        return !leaving.isEmpty();
    }

    /** Deletes the files of what was forgotten; a copy in the configuration comes to light again. */
    void erase() throws IOException {
        synchronized (disk) {
            for (String version : Set.copyOf(leaving)) {
                store.delete(version);
                leaving.remove(version);
                if (store.scan().get(version) instanceof Origin origin) {
                    known.put(version, present(origin, 0));
                }
            }
        }
    }

    /** Keeps these versions in memory, and any other only as long as somebody uses it. */
    void pin(Set<String> versions) {
        Set<String> usable = new HashSet<>(versions);
        usable.removeIf(version -> !(known.get(version) instanceof Standing standing) || standing.state() != State.READY);
        loaded.pin(usable);
    }

    /** A part of a file, for another node. */
    public DictionaryChunk chunk(String version, String file, long offset, int length) throws IOException {
        Standing standing = known.get(DictionaryFiles.checkVersion(version));
        if (standing == null || standing.state() == State.CORRUPT) {
            throw new DictionaryException("this node has no sound dictionary [" + version + "]");
        }
        return store.chunk(version, file, offset, length);
    }

    /** Deletes what a node that was killed left unfinished; a folder of a version may appear meanwhile. */
    void sweep() throws IOException {
        synchronized (disk) {
            store.sweep();
        }
    }

    /** How each version stands, as JSON values by version; a version whose files nobody looked at is checked first. */
    public Map<String, Object> report() {
        Map<String, Object> report = new LinkedHashMap<>();
        standings().forEach((version, standing) -> {
            Standing now = standing.state() == State.PRESENT ? check(version) : standing;
            if (now != null) {
                report.put(version, toMap(version, now));
            }
        });
        return report;
    }

    private Map<String, Object> toMap(String version, Standing standing) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("state", standing.state() == State.READY ? "ready" : "corrupt");
        map.put("origin", standing.origin() == Origin.DATA ? "data" : "config");
        if (standing.sha256() != null) {
            map.put("sha256", standing.sha256());
            map.put("bytes", standing.bytes());
            map.put("files", new TreeMap<>(standing.sizes()));
        }
        if (standing.reason() != null) {
            map.put("reason", standing.reason());
        }
        map.put("in_memory", loaded.holds(version));
        map.put("checks", standing.checks());
        return map;
    }

    private Dictionary load(String version) {
        Standing standing = known.get(version);
        if (standing == null) {
            throw new DictionaryException("this node has no dictionary [" + version + "] any more");
        }
        try {
            return parsed(store.read(version, standing.origin()));
        } catch (DictionaryException e) {
            known.replace(version, standing, corrupt(standing, e.getMessage()));
            throw e;
        }
    }

    private Dictionary parsed(DictionaryFiles files) {
        try (HeapRoom.Reserved reserved = room.of(files.version(), files.bytes())) {
            return Dictionary.of(files);
        }
    }

    private Standing checked(String version, Standing standing) {
        try {
            return ready(store.read(version, standing.origin()), standing.origin(), standing.checks() + 1);
        } catch (DictionaryException e) {
            return corrupt(present(standing.origin(), standing.checks() + 1), e.getMessage());
        }
    }

    private static Standing present(Origin origin, int checks) {
        return new Standing(State.PRESENT, origin, null, 0, Map.of(), null, checks);
    }

    private static Standing ready(DictionaryFiles files, Origin origin, int checks) {
        Map<String, Long> sizes = new TreeMap<>();
        files.contents().forEach((name, content) -> sizes.put(name, (long) content.length));
        return new Standing(State.READY, origin, files.sha256(), files.bytes(), sizes, null, checks);
    }

    private static Standing corrupt(Standing standing, String reason) {
        return new Standing(State.CORRUPT, standing.origin(), null, 0, Map.of(), reason, standing.checks());
    }
}
