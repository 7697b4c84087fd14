package org.encore.dictionary;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.encore.dictionary.NodeDictionaries.Standing;
import org.encore.dictionary.NodeDictionaries.State;
import org.encore.text.DictionaryException;
import org.encore.text.DictionaryFiles;

/**
 * Brings a node's dictionaries to what its cluster wants, and tells the cluster how they stand.
 *
 * <p>Each change of the cluster's state is shown to {@link #view}, which only compares names. The work follows on
 * a thread of its own: fetch what is missing, check what was never checked, load what indices use, delete what
 * is no longer wanted, announce. What fails is tried again, ever more slowly. One piece of work runs at a time.
 */
public final class DictionaryKeeper {
    /** The other nodes of the cluster; each call waits, and fails by an exception whose message says why. */
    public interface Cluster {
        /** A part of a file of another node, from {@code offset} on. */
        DictionaryChunk chunk(String node, String version, String file, long offset) throws IOException;

        /** Tells the master how every version stands here, in the form of {@link ReadyNodes}. */
        void announce(Map<String, String> versions) throws IOException;
    }

    /** Where the work is done. */
    public interface Threads {
        /** Soon, on a thread that may wait and compute. */
        void run(Runnable work);

        /** Likewise, after a while. */
        void later(Runnable work, long milliseconds);
    }

    /** What a node's operator is told. */
    public interface Log {
        /** Something was done. */
        void done(String message);

        /** Something failed and will be tried again. */
        void failed(String message);
    }

    private static final long FIRST_PAUSE_MILLISECONDS = 250;
    private static final long LONGEST_PAUSE_MILLISECONDS = 15_000;

    private final NodeDictionaries dictionaries;
    private final Cluster cluster;
    private final Threads threads;
    private final Log log;
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicBoolean pausing = new AtomicBoolean();
    private final Map<String, String> said = new TreeMap<>();
    private volatile ClusterView view = ClusterView.NOTHING;
    private volatile boolean closed;
    private int failures;
    private boolean swept;

    public DictionaryKeeper(NodeDictionaries dictionaries, Cluster cluster, Threads threads, Log log) {
        this.dictionaries = dictionaries;
        this.cluster = cluster;
        this.threads = threads;
        this.log = log;
    }

    /** Shows how the cluster is now; quick, and for the thread that applies its state. */
    public void view(ClusterView now) {
        view = now;
        if (now.recovered()) {
            dictionaries.forget(now.wanted());
        }
        work();
    }

    /**
     * Keeps a version that this node was sent, before the cluster lists it; kept files that are sound stay.
     *
     * @throws DictionaryException if no dictionary can be made of it
     * @throws IOException if the disk does not take it
     */
    public void receive(DictionaryFiles files) throws IOException {
        String version = files.version();
        dictionaries.arriving(version);
        try {
            Standing standing = dictionaries.check(version);
            if (standing == null || standing.state() != State.READY) {
                dictionaries.keep(files);
            }
        } catch (IOException | RuntimeException e) {
            dismiss(version);
            throw e;
        }
        work();
    }

    /** Lets go of a version that the cluster did not list. */
    public void dismiss(String version) {
        dictionaries.arrived(version);
        view(view);
    }

    /** What was shown last. */
    public ClusterView view() {
        return view;
    }

    /** Asks for the work to be done soon. */
    public void work() {
        if (!closed && asked.getAndIncrement() == 0) {
            threads.run(this::untilNobodyAsks);
        }
    }

    /** Does no more work than what has begun. */
    public void close() {
        closed = true;
    }

    private void untilNobodyAsks() {
        int seen;
        do {
            seen = asked.get();
            boolean well = false;
            try {
                well = closed || bringUp(view);
            } catch (IOException | RuntimeException e) {
                log.failed("dictionaries could not be kept up: " + e);
            }
            failures = well ? 0 : failures + 1;
        } while (!asked.compareAndSet(seen, 0));
        if (failures > 0 && !closed && pausing.compareAndSet(false, true)) {
            long pause = FIRST_PAUSE_MILLISECONDS << Math.min(failures - 1, 6);
            threads.later(
                    () -> {
                        pausing.set(false);
                        work();
                    },
                    Math.min(pause, LONGEST_PAUSE_MILLISECONDS));
        }
    }

    private boolean bringUp(ClusterView now) throws IOException {
        if (!swept) {
            dictionaries.sweep();
            swept = true;
        }
        dictionaries.erase();
        Map<String, String> missing = new LinkedHashMap<>();
        Set<String> all = new TreeSet<>(dictionaries.standings().keySet());
        all.addAll(now.wanted());
        for (String version : all) {
            ensure(version, now, missing);
        }
        dictionaries.pin(now.holdsShards() ? now.users().keySet() : Set.of());
        boolean told = announce(now, missing);
        boolean sound = now.wanted().stream().allMatch(version -> dictionaries.standing(version) instanceof Standing standing
                && standing.state() == State.READY);
        return told && sound;
    }

    private void ensure(String version, ClusterView now, Map<String, String> missing) {
        Standing standing = dictionaries.standing(version);
        if (standing != null && standing.state() == State.PRESENT) {
            standing = dictionaries.check(version);
        }
        if (standing != null && standing.state() == State.READY || !now.wanted().contains(version)) {
            return;
        }
        try {
            dictionaries.keep(fetch(version, now));
            log.done("fetched dictionary [" + version + "] from another node");
            said.remove(version);
        } catch (DictionaryException | DictionaryRefusal | IOException e) {
            String reason = e instanceof IOException ? "it cannot be written: " + e : e.getMessage();
            missing.put(version, standing == null ? reason : standing.reason() + "; " + reason);
            if (!reason.equals(said.put(version, reason))) { // once, not at every try
                log.failed(reason);
            }
        }
    }

    private DictionaryFiles fetch(String version, ClusterView now) {
        List<String> reasons = new ArrayList<>();
        for (ClusterView.Peer peer : now.holders(version)) {
            try {
                DictionaryFiles files = fetch(version, peer);
                ListedDictionaries.Listed listed = now.listed().versions().get(version);
                if (listed != null && !listed.sha256().equals(files.sha256())) {
                    throw new DictionaryException("its content is [" + files.sha256() + "] instead of ["
                            + listed.sha256() + "]");
                }
                return files;
            } catch (IOException | RuntimeException e) {
                reasons.add(peer.name() + ": " + e.getMessage());
            }
        }
        throw new DictionaryException("no other node gave dictionary [" + version + "] " + reasons
                + "; PUT _encore/dictionary/" + version + " sends it again");
    }

    private DictionaryFiles fetch(String version, ClusterView.Peer peer) throws IOException {
        Map<String, byte[]> contents = new TreeMap<>();
        long left = DictionaryFiles.MAX_BYTES;
        for (String file : DictionaryFiles.ALL) {
            DictionaryChunk chunk = cluster.chunk(peer.id(), version, file, 0);
            left -= chunk.size();
            if (chunk.size() < 0 || left < 0) {
                throw new DictionaryException(
                        "its file [" + file + "] of [" + chunk.size() + "] bytes is more than a dictionary may have");
            }
            byte[] content = new byte[(int) chunk.size()];
            int at = 0;
            while (true) {
                if (chunk.bytes().length > content.length - at || chunk.bytes().length == 0 && at < content.length) {
                    throw new DictionaryException("it sent [" + chunk.bytes().length + "] bytes of [" + file + "] at ["
                            + at + "] of [" + content.length + "]");
                }
                System.arraycopy(chunk.bytes(), 0, content, at, chunk.bytes().length);
                at += chunk.bytes().length;
                if (at == content.length) {
                    break;
                }
                chunk = cluster.chunk(peer.id(), version, file, at);
            }
            contents.put(file, content);
        }
        return DictionaryFiles.of(version, contents);
    }

    private boolean announce(ClusterView now, Map<String, String> missing) {
        Map<String, String> versions = new TreeMap<>(missing);
        dictionaries.standings().forEach((version, standing) -> {
            switch (standing.state()) {
                case READY -> versions.put(version, ReadyNodes.READY);
                case CORRUPT -> versions.putIfAbsent(version, standing.reason());
                case PRESENT -> versions.putIfAbsent(version, "its files are not checked yet");
            }
        });
        if (Objects.equals(versions, now.ready().of(now.local()))) {
            return true;
        }
        if (!now.mastered()) {
            return false;
        }
        try {
            cluster.announce(versions);
            return true;
        } catch (IOException | UncheckedIOException e) {
            log.failed("the master could not be told how dictionaries stand: " + e.getMessage());
            return false;
        }
    }
}
