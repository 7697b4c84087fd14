package org.encore.text;

import java.util.Arrays;

/**
 * Applies the exported table: greedy longest match on code points; what matches nothing passes through.
 *
 * <p>Immutable once built, and safe to share between threads.
 */
public final class Normalizer {
    private final CodePointTrie sources;
    private final int[][] targets;

    private Normalizer(CodePointTrie sources, int[][] targets) {
        this.sources = sources;
        this.targets = targets;
    }

    /** Reads {@code normalize.tsv}. */
    static Normalizer read(byte[] table) {
        CodePointTrie sources = new CodePointTrie(1 << 16);
        int[][][] targets = {new int[1 << 16][]};
        Rows.read("normalize.tsv", table, 2, row -> {
            int node = sources.insert(Rows.unescape(row[0]));
            if (node >= targets[0].length) {
                targets[0] = Arrays.copyOf(targets[0], node * 2);
            }
            targets[0][node] = Rows.unescape(row[1]).codePoints().toArray();
        });
        return new Normalizer(sources, Arrays.copyOf(targets[0], sources.nodes()));
    }

    /** Normalises a text. Lone surrogates are code points of their own. */
    public Normalized normalize(CharSequence source) {
        Output out = new Output(source.length());
        for (int start = 0; start < source.length(); ) {
            int first = Character.codePointAt(source, start);
            int end = start + Character.charCount(first);
            int[] target = null;
            int reach = end;
            for (int node = sources.child(CodePointTrie.ROOT, first); node != CodePointTrie.NONE; ) {
                if (targets[node] != null) {
                    target = targets[node];
                    end = reach;
                }
                if (reach == source.length()) {
                    break;
                }
                int next = Character.codePointAt(source, reach);
                reach += Character.charCount(next);
                node = sources.child(node, next);
            }
            if (target == null) {
                out.add(first, start, end);
            } else {
                for (int codePoint : target) {
                    out.add(codePoint, start, end);
                }
            }
            start = end;
        }
        return new Normalized(out.codePoints, out.starts, out.ends, out.length);
    }

    private static final class Output {
        private int[] codePoints;
        private int[] starts;
        private int[] ends;
        private int length;

        Output(int capacity) {
            codePoints = new int[capacity];
            starts = new int[capacity];
            ends = new int[capacity];
        }

        void add(int codePoint, int start, int end) {
            if (length == codePoints.length) {
                int capacity = length + (length >> 1) + 16;
                codePoints = Arrays.copyOf(codePoints, capacity);
                starts = Arrays.copyOf(starts, capacity);
                ends = Arrays.copyOf(ends, capacity);
            }
            codePoints[length] = codePoint;
            starts[length] = start;
            ends[length++] = end;
        }
    }
}
