package org.encore.text;

import java.util.Arrays;

/**
 * Strings of code points as paths from a root: nodes are small integers, edges lie in one hash table.
 *
 * <p>An edge and the node it leads to are one number, so a step touches memory once; the first steps of strings,
 * by far the most frequent, have a table of their own. Built once, then only read; reading is safe from any
 * thread.
 */
final class CodePointTrie {
    static final int ROOT = 0;
    static final int NONE = -1;

    private static final int CODE_POINT_BITS = 21;
    private static final int NODE_BITS = 21;
    private static final long CHILD = (1L << NODE_BITS) - 1;
    /** No edge is 0: the root is nobody's child. */
    private static final long EMPTY = 0;
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    /** First code points below this have their node in {@link #firsts}. */
    private static final int PLAIN = 1 << 16;

    private final int[] firsts = new int[PLAIN];
    /** Node, code point, child, from the high bits to the low. */
    private long[] edges;
    private int nodes = 1;

    CodePointTrie(int expectedNodes) {
        Arrays.fill(firsts, NONE);
        edges = new long[Math.max(16, Integer.highestOneBit(expectedNodes) * 4)];
    }

    /** How many nodes there are, the root included; nodes are 0 to this, exclusive. */
    int nodes() {
        return nodes;
    }

    /** The node that {@code codePoint} leads to from {@code node}, or {@link #NONE}. */
    int child(int node, int codePoint) {
        if (node == ROOT && codePoint < PLAIN) {
            return firsts[codePoint];
        }
        long edge = edge(node, codePoint);
        int slot = slot(edge);
        while (edges[slot] != EMPTY) {
            if (edges[slot] >>> NODE_BITS == edge) {
                return (int) (edges[slot] & CHILD);
            }
            slot = slot + 1 & edges.length - 1;
        }
        return NONE;
    }

    /**
     * The node of a string, made where it is new.
     *
     * @throws DictionaryException if there are more than two million
     */
    int insert(String string) {
        int node = ROOT;
        for (int i = 0; i < string.length(); ) {
            int codePoint = string.codePointAt(i);
            i += Character.charCount(codePoint);
            int next = child(node, codePoint);
            node = next == NONE ? add(node, codePoint) : next;
        }
        return node;
    }

    private int add(int node, int codePoint) {
        if (nodes > CHILD) {
            throw new DictionaryException("the strings have more than [" + CHILD + "] beginnings; leave some out");
        }
        if (node == ROOT && codePoint < PLAIN) {
            firsts[codePoint] = nodes;
            return nodes++;
        }
        if (nodes * 2 > edges.length) {
            long[] old = edges;
            edges = new long[old.length * 2];
            for (long edge : old) {
                if (edge != EMPTY) {
                    put(edge);
                }
            }
        }
        put(edge(node, codePoint) << NODE_BITS | nodes);
        return nodes++;
    }

    private void put(long edge) {
        int slot = slot(edge >>> NODE_BITS);
        while (edges[slot] != EMPTY) {
            slot = slot + 1 & edges.length - 1;
        }
        edges[slot] = edge;
    }

    private static long edge(int node, int codePoint) {
        return (long) node << CODE_POINT_BITS | codePoint;
    }

    private int slot(long edge) {
        return (int) (edge * GOLDEN >>> 64 - Integer.numberOfTrailingZeros(edges.length));
    }
}
