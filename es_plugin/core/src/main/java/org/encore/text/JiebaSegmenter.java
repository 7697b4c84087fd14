package org.encore.text;

/**
 * jieba's segmentation of a normalised text, hidden Markov model on, as the Python side has it.
 *
 * <p>The text falls into blocks of Han, Latin, digits and {@code + # & . _ % -}, and the rest. A block is cut
 * along the most probable route through the words that the dictionary knows (of equal sums the one with the
 * longer first word), and runs of single characters on that route go through the hidden Markov model. Outside
 * blocks every code point is a token, but CR LF is one. Immutable, safe to share between threads.
 */
final class JiebaSegmenter {
    private static final int FIRST_HAN = 0x4E00;
    private static final int LAST_HAN = 0x9FD5;
    private static final String JOINERS = "+#&._%-";

    private final WordTable words;
    private final HiddenMarkovModel model;

    JiebaSegmenter(WordTable words, HiddenMarkovModel model) {
        this.words = words;
        this.model = model;
    }

    /** Every part of the text once, in order: blanks and punctuation too. */
    Spans cut(int[] text, int length) {
        Spans out = new Spans();
        for (int start = 0; start < length; ) {
            int end = start;
            if (inBlock(text[start])) {
                while (end < length && inBlock(text[end])) {
                    end++;
                }
                cutBlock(text, start, end, out);
            } else {
                end = start + (text[start] == '\r' && start + 1 < length && text[start + 1] == '\n' ? 2 : 1);
                out.add(start, end);
            }
            start = end;
        }
        return out;
    }

    /** The parts of a text, and in each the known words of two and three characters: by start, the longer first. */
    Spans withWords(int[] text, Spans parts) {
        Spans out = new Spans();
        for (int i = 0; i < parts.size(); i++) {
            int start = parts.start(i);
            int end = parts.end(i);
            out.add(start, end);
            for (int inner = start; end - start > 2 && inner + 2 <= end; inner++) {
                if (end - start > 3 && inner + 3 <= end && words.isWord(text, inner, inner + 3)) {
                    out.add(inner, inner + 3);
                }
                if (words.isWord(text, inner, inner + 2)) {
                    out.add(inner, inner + 2);
                }
            }
        }
        return out;
    }

    private void cutBlock(int[] text, int from, int to, Spans out) {
        int[] next = route(text, from, to);
        int singles = from;
        for (int start = from; start < to; ) {
            int end = next[start - from];
            if (end - start > 1) {
                cutSingles(text, singles, start, out);
                out.add(start, end);
                singles = end;
            }
            start = end;
        }
        cutSingles(text, singles, to, out);
    }

    /** For each place of a block, where the word that starts there on the best route ends. */
    private int[] route(int[] text, int from, int to) {
        int length = to - from;
        int[] next = new int[length];
        double[] best = new double[length + 1];
        for (int start = length - 1; start >= 0; start--) {
            double top = Double.NEGATIVE_INFINITY;
            int node = CodePointTrie.ROOT;
            for (int end = start; end < length; ) {
                node = words.child(node, text[from + end]);
                if (node == CodePointTrie.NONE) {
                    break;
                }
                end++;
                if (words.isWord(node)) {
                    double sum = words.log(node) - words.logTotal() + best[end];
                    if (sum >= top) {
                        top = sum;
                        next[start] = from + end;
                    }
                }
            }
            if (next[start] == 0) {
                top = 0 - words.logTotal() + best[start + 1];
                next[start] = from + start + 1;
            }
            best[start] = top;
        }
        return next;
    }

    /** Cuts a run of single characters: a word of two or more among them is one only for the model. */
    private void cutSingles(int[] text, int from, int to, Spans out) {
        if (to - from < 2 || words.isWord(text, from, to)) {
            for (int i = from; i < to; i++) {
                out.add(i, i + 1);
            }
            return;
        }
        for (int start = from; start < to; ) {
            boolean han = isHan(text[start]);
            int end = start;
            while (end < to && isHan(text[end]) == han) {
                end++;
            }
            if (han) {
                model.cut(text, start, end, out);
            } else {
                cutLatin(text, start, end, out);
            }
            start = end;
        }
    }

    /** Runs of letters and digits, each perhaps with a decimal part and a per cent sign, and the runs between. */
    private static void cutLatin(int[] text, int from, int to, Spans out) {
        for (int start = from; start < to; ) {
            boolean alphanumeric = isAlphanumeric(text[start]);
            int end = start;
            while (end < to && isAlphanumeric(text[end]) == alphanumeric) {
                end++;
            }
            if (alphanumeric) {
                if (end + 1 < to && text[end] == '.' && isDigit(text[end + 1])) {
                    end++;
                    while (end < to && isDigit(text[end])) {
                        end++;
                    }
                }
                if (end < to && text[end] == '%') {
                    end++;
                }
            }
            out.add(start, end);
            start = end;
        }
    }

    private static boolean inBlock(int codePoint) {
        return isHan(codePoint) || isAlphanumeric(codePoint) || JOINERS.indexOf(codePoint) >= 0;
    }

    private static boolean isHan(int codePoint) {
        return codePoint >= FIRST_HAN && codePoint <= LAST_HAN;
    }

    private static boolean isAlphanumeric(int codePoint) {
        return codePoint >= 'a' && codePoint <= 'z' || codePoint >= 'A' && codePoint <= 'Z' || isDigit(codePoint);
    }

    private static boolean isDigit(int codePoint) {
        return codePoint >= '0' && codePoint <= '9';
    }
}
