package org.encore.dictionary;

import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import org.encore.text.Dictionary;
import org.encore.text.DictionaryException;

/**
 * The dictionaries in memory: one copy of a version however many use it, and none that nobody uses.
 *
 * <p>Kept are those of indices ({@link #pin}), the one that was loaded last, so that what was made available is
 * there when its index comes, and those that an analyzer holds. Any other goes with the next garbage
 * collection. Two who ask for a version at once wait for one load. Thread-safe; nothing is loaded under the lock.
 */
public final class LoadedDictionaries {
    private final Function<String, Dictionary> loader;
    private final Map<String, WeakReference<Dictionary>> copies = new HashMap<>();
    private final Map<String, FutureTask<Dictionary>> loading = new HashMap<>();
    private Map<String, Dictionary> pinned = Map.of();
    private Dictionary latest;

    /** Loads by {@code loader}, which takes about a second and 40 MB and throws {@link DictionaryException}. */
    public LoadedDictionaries(Function<String, Dictionary> loader) {
        this.loader = loader;
    }

    /**
     * The dictionary of a version; the first who asks loads it, on the caller's thread.
     *
     * @throws DictionaryException if it cannot be loaded; the next who asks tries again
     */
    public Dictionary get(String version) {
        FutureTask<Dictionary> task;
        boolean mine = false;
        synchronized (this) {
            Dictionary copy = copy(version);
            if (copy != null) {
                return copy;
            }
            task = loading.get(version);
            if (task == null) {
                task = new FutureTask<>(() -> loader.apply(version));
                loading.put(version, task);
                mine = true;
            }
        }
        if (!mine) {
            return result(version, task);
        }
        task.run();
        synchronized (this) {
            loading.remove(version, task);
            return offer(result(version, task));
        }
    }

    /** Takes a copy that somebody else loaded, unless there is one, and gives the one that is used. */
    public synchronized Dictionary offer(Dictionary dictionary) {
        Dictionary known = copy(dictionary.version());
        Dictionary kept = known == null ? dictionary : known;
        copies.values().removeIf(copy -> copy.get() == null);
        copies.put(kept.version(), new WeakReference<>(kept));
        latest = kept;
        return kept;
    }

    /** Keeps exactly these versions, loading those that are not in memory; one that cannot be loaded is left out. */
    public void pin(Set<String> versions) {
        Map<String, Dictionary> kept = new HashMap<>();
        for (String version : new TreeSet<>(versions)) {
            try {
                kept.put(version, get(version));
            } catch (DictionaryException | DictionaryRefusal e) {
                // whoever loads has noted it; an analyzer tries again
            }
        }
        synchronized (this) {
            pinned = kept;
        }
    }

    /** Lets a version go, which is to be loaded anew if somebody asks again; analyzers keep theirs. */
    public synchronized void forget(String version) {
        copies.remove(version);
        if (latest != null && latest.version().equals(version)) {
            latest = null;
        }
    }

    /** Whether a version is in memory. */
    public synchronized boolean holds(String version) {
        return copy(version) != null;
    }

    private Dictionary copy(String version) {
        WeakReference<Dictionary> copy = copies.get(version);
        return copy == null ? null : copy.get();
    }

    private static Dictionary result(String version, FutureTask<Dictionary> task) {
        try {
            return task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof DictionaryException wrong) {
                throw wrong;
            }
            if (e.getCause() instanceof DictionaryRefusal refusal) {
                throw refusal;
            }
            throw new DictionaryException("dictionary [" + version + "] cannot be loaded: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while dictionary [" + version + "] was loaded");
        }
    }
}
