package org.encore.dictionary;

/**
 * A part of a dictionary's file, as it goes from node to node.
 *
 * @param size bytes of the whole file
 * @param bytes those of this part
 */
public record DictionaryChunk(long size, byte[] bytes) {
    /** Bytes of a part: small beside any node's heap, large beside a message's overhead. */
    public static final int LENGTH = 512 << 10;
}
