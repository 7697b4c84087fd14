package org.encore.rank;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;

/**
 * A small map that forgets: the oldest entries where there are too many or they weigh too much, and any
 * entry after its time. For what one phase of a search leaves to the next.
 *
 * <p>Thread-safe; every method takes one lock for a moment.
 */
public final class ExpiringCache<K, V> {
    private record Entry<V>(V value, long bornAt, int weight) {}

    private final LinkedHashMap<K, Entry<V>> entries = new LinkedHashMap<>();
    private final int maxEntries;
    private final long maxWeight;
    private final long lifeNanos;
    private final ToIntFunction<V> weigher;
    private final LongSupplier nanoTime;
    private long weight;

    /**
     * An empty cache.
     *
     * @param maxEntries most entries
     * @param maxWeight  most weight of all entries together; a single heavier value is not kept
     * @param lifeNanos  how long an entry lives
     * @param weigher    a value's weight, in bytes, say
     */
    public ExpiringCache(
            int maxEntries, long maxWeight, long lifeNanos, ToIntFunction<V> weigher, LongSupplier nanoTime) {
        this.maxEntries = maxEntries;
        this.maxWeight = maxWeight;
        this.lifeNanos = lifeNanos;
        this.weigher = weigher;
        this.nanoTime = nanoTime;
    }

    /** Keeps a value, in place of an earlier one of that key. */
    public synchronized void put(K key, V value) {
        remove(key);
        int valueWeight = weigher.applyAsInt(value);
        if (valueWeight > maxWeight) {
            return;
        }
        entries.put(key, new Entry<>(value, nanoTime.getAsLong(), valueWeight));
        weight += valueWeight;
        shrink();
    }

    /** The value of that key, or null. */
    public synchronized V get(K key) {
        Entry<V> entry = entries.get(key);
        if (entry == null) {
            return null;
        }
        if (isOver(entry)) {
            remove(key);
            return null;
        }
        return entry.value;
    }

    /** Takes the value of that key out, or null. */
    public synchronized V remove(K key) {
        Entry<V> entry = entries.remove(key);
        if (entry == null) {
            return null;
        }
        weight -= entry.weight;
        return isOver(entry) ? null : entry.value;
    }

    /** Entries are in the order of their birth, so what must go stands in front. */
    private void shrink() {
        Iterator<Map.Entry<K, Entry<V>>> oldest = entries.entrySet().iterator();
        while (oldest.hasNext()) {
            Entry<V> entry = oldest.next().getValue();
            if (entries.size() <= maxEntries && weight <= maxWeight && !isOver(entry)) {
                return;
            }
            oldest.remove();
            weight -= entry.weight;
        }
    }

    private boolean isOver(Entry<V> entry) {
        return nanoTime.getAsLong() - entry.bornAt > lifeNanos;
    }

    /** Number of entries, those that are over but not yet forgotten included. */
    public synchronized int size() {
        return entries.size();
    }
}
