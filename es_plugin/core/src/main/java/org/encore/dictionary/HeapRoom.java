package org.encore.dictionary;

/**
 * Asks the engine, before a dictionary is loaded, whether the heap has room for it.
 *
 * <p>A node that loads one too many dies, and takes the shards of all indices with it; one that refuses says so.
 */
public interface HeapRoom {
    /** Where nobody limits it. */
    HeapRoom UNLIMITED = bytes -> () -> {};

    /** Heap that a dictionary takes while it is loaded, by bytes of its files: a JVM of 64 MB loads one of 12 MB. */
    long HEAP_BY_FILES = 5;

    /** Room that was given; to be closed once the dictionary is loaded, for then it shows in the heap itself. */
    interface Reserved extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Reserves room.
     *
     * @throws RuntimeException if there is too little
     */
    Reserved reserve(long bytes);

    /**
     * Reserves the room of a version.
     *
     * @throws DictionaryRefusal if there is too little
     */
    default Reserved of(String version, long bytesOfFiles) {
        long bytes = bytesOfFiles * HEAP_BY_FILES;
        try {
            return reserve(bytes);
        } catch (RuntimeException e) {
            throw DictionaryRefusal.noRoom(version, bytes, e);
        }
    }
}
