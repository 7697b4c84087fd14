package org.encore.text;

import java.util.Arrays;

/**
 * Strings of code points as paths from a root: nodes are small integers, edges lie in one hash table.
 *
 * <p>Built once, then only read; reading is safe from any thread.
 */
final class CodePointTrie {
    static final int ROOT = 0;
    static final int NONE = -1;

    private static final int CODE_POINT_BITS = 21;
    private static final long EMPTY = -1;
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private long[] edges;
    private int[] children;
    private int nodes = 1;

    CodePointTrie(int expectedNodes) {
        allocate(Math.max(16, Integer.highestOneBit(expectedNodes) * 4));
    }

    /** How many nodes there are, the root included; nodes are 0 to this, exclusive. */
    int nodes() {
        return nodes;
    }

    /** The node that {@code codePoint} leads to from {@code node}, or {@link #NONE}. */
    int child(int node, int codePoint) {
        long edge = (long) node << CODE_POINT_BITS | codePoint;
        int slot = slot(edge);
        while (edges[slot] != EMPTY) {
            if (edges[slot] == edge) {
                return children[slot];
            }
            slot = slot + 1 & edges.length - 1;
        }
        return NONE;
    }

    /** The node of a string, made where it is new. */
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
        if (nodes * 2 > edges.length) {
            long[] oldEdges = edges;
            int[] oldChildren = children;
            allocate(oldEdges.length * 2);
            for (int i = 0; i < oldEdges.length; i++) {
                if (oldEdges[i] != EMPTY) {
                    put(oldEdges[i], oldChildren[i]);
                }
            }
        }
        put((long) node << CODE_POINT_BITS | codePoint, nodes);
        return nodes++;
    }

    private void put(long edge, int child) {
        int slot = slot(edge);
        while (edges[slot] != EMPTY) {
            slot = slot + 1 & edges.length - 1;
        }
        edges[slot] = edge;
        children[slot] = child;
    }

    private int slot(long edge) {
        return (int) (edge * GOLDEN >>> 64 - Integer.numberOfTrailingZeros(edges.length));
    }

    private void allocate(int capacity) {
        edges = new long[capacity];
        Arrays.fill(edges, EMPTY);
        children = new int[capacity];
    }
}
