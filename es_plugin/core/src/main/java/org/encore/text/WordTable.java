package org.encore.text;

import java.util.Arrays;

/**
 * The words of a dictionary with the logs of their frequencies, as Python wrote them: never recomputed.
 *
 * <p>Immutable once built, and safe to share between threads.
 */
final class WordTable {
    /** Two logs of one number differ by some 1e-15; of two numbers below a thousand million, by 1e-9 at least. */
    private static final double SAME_LOG = 1e-12;

    private final CodePointTrie trie;
    private final double[] logs;
    private final double logTotal;

    private WordTable(CodePointTrie trie, double[] logs, double logTotal) {
        this.trie = trie;
        this.logs = logs;
        this.logTotal = logTotal;
    }

    /** Reads {@code words.tsv}; {@code logTotal} is the log of the sum of all frequencies. */
    static WordTable read(byte[] table, double logTotal) {
        CodePointTrie trie = new CodePointTrie(1 << 19);
        double[][] logs = {noLogs(1 << 19, new double[0])};
        long[] total = {0};
        Rows.read("words.tsv", table, 3, row -> {
            int node = trie.insert(Rows.unescape(row[0]));
            if (node >= logs[0].length) {
                logs[0] = noLogs(node * 2, logs[0]);
            }
            logs[0][node] = Double.parseDouble(row[2]);
            total[0] += Long.parseLong(row[1]);
        });
        if (!(Math.abs(Math.log(total[0]) - logTotal) < SAME_LOG)) {
            throw new DictionaryException("the words' frequencies add up to [" + total[0] + "], whose log is not ["
                    + logTotal + "], the manifest's [log_total]; export the dictionary again");
        }
        return new WordTable(trie, noLogs(trie.nodes(), logs[0]), logTotal);
    }

    double logTotal() {
        return logTotal;
    }

    /** The node after {@code codePoint}, starting from {@link CodePointTrie#ROOT}. */
    int child(int node, int codePoint) {
        return trie.child(node, codePoint);
    }

    /** Whether a word ends at this node. */
    boolean isWord(int node) {
        return !Double.isNaN(logs[node]);
    }

    /** The log of the frequency of the word that ends at this node; NaN where none does. */
    double log(int node) {
        return logs[node];
    }

    /** Whether the code points from {@code start} to {@code end} (exclusive) are a word. */
    boolean isWord(int[] text, int start, int end) {
        int node = CodePointTrie.ROOT;
        for (int i = start; i < end && node != CodePointTrie.NONE; i++) {
            node = trie.child(node, text[i]);
        }
        return node != CodePointTrie.NONE && isWord(node);
    }

    private static double[] noLogs(int length, double[] head) {
        double[] logs = Arrays.copyOf(head, length);
        if (length > head.length) {
            Arrays.fill(logs, head.length, length, Double.NaN);
        }
        return logs;
    }
}
