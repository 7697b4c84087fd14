package org.encore.text;

import java.util.Map;
import org.encore.json.JsonReader;

/**
 * Finds words that no dictionary knows: each code point begins, continues or ends a word, or is one.
 *
 * <p>Viterbi over four states, in the alphabetical order of their letters, B E M S: of equal sums the greater
 * letter wins, and sums are formed in the reference's order. Immutable, safe to share between threads.
 */
final class HiddenMarkovModel {
    private static final String LETTERS = "BEMS";
    private static final int BEGIN = 0;
    private static final int END = 1;
    private static final int MIDDLE = 2;
    private static final int SINGLE = 3;
    private static final int STATES = 4;
    /** Code points that the reference's model knows lie in the basic plane; others are unknown to it. */
    private static final int EMITTED = 1 << 16;
    /** Which states may come before each state, the smaller letter first. */
    private static final int[][] BEFORE = {{END, SINGLE}, {BEGIN, MIDDLE}, {BEGIN, MIDDLE}, {END, SINGLE}};

    private final double[] start = new double[STATES];
    private final double[][] transition = new double[STATES][STATES];
    /** By code point, below {@link #EMITTED}. */
    private final double[][] emission = new double[EMITTED][];
    private final double[] absentEmission;

    private HiddenMarkovModel(Map<?, ?> model) {
        double absent = number(model.get("absent"));
        absentEmission = new double[] {absent, absent, absent, absent};
        for (int state = 0; state < STATES; state++) {
            String letter = LETTERS.substring(state, state + 1);
            start[state] = number(map(model.get("start")).get(letter));
            Map<?, ?> next = map(map(model.get("transition")).get(letter));
            for (int to = 0; to < STATES; to++) {
                Object value = next.get(LETTERS.substring(to, to + 1));
                transition[state][to] = value == null ? absent : number(value);
            }
            for (Map.Entry<?, ?> entry : map(map(model.get("emission")).get(letter)).entrySet()) {
                int codePoint = ((String) entry.getKey()).codePointAt(0);
                if (emission[codePoint] == null) {
                    emission[codePoint] = absentEmission.clone();
                }
                emission[codePoint][state] = number(entry.getValue());
            }
        }
    }

    /** Reads {@code hmm.json}. */
    static HiddenMarkovModel read(String json) {
        return new HiddenMarkovModel(map(JsonReader.parse(json)));
    }

    /** Adds the words of {@code text} from {@code from} to {@code to} (exclusive, not empty) to {@code out}. */
    void cut(int[] text, int from, int to, Spans out) {
        byte[] states = states(text, from, to);
        int begin = from;
        int next = from;
        for (int i = from; i < to; i++) {
            switch (states[i - from]) {
                case BEGIN -> begin = i;
                case END -> {
                    out.add(begin, i + 1);
                    next = i + 1;
                }
                case SINGLE -> {
                    out.add(i, i + 1);
                    next = i + 1;
                }
                default -> { }
            }
        }
        if (next < to) {
            out.add(next, to);
        }
    }

    private byte[] states(int[] text, int from, int to) {
        int length = to - from;
        byte[] cameFrom = new byte[length * STATES];
        double[] best = new double[STATES];
        double[] previous = new double[STATES];
        double[] emitted = emission(text[from]);
        for (int state = 0; state < STATES; state++) {
            best[state] = start[state] + emitted[state];
        }
        for (int i = 1; i < length; i++) {
            double[] swap = previous;
            previous = best;
            best = swap;
            emitted = emission(text[from + i]);
            for (int state = 0; state < STATES; state++) {
                int low = BEFORE[state][0];
                int high = BEFORE[state][1];
                double fromLow = previous[low] + transition[low][state] + emitted[state];
                double fromHigh = previous[high] + transition[high][state] + emitted[state];
                boolean takeHigh = fromHigh >= fromLow;
                best[state] = takeHigh ? fromHigh : fromLow;
                cameFrom[i * STATES + state] = (byte) (takeHigh ? high : low);
            }
        }
        byte[] path = new byte[length];
        byte state = (byte) (best[SINGLE] >= best[END] ? SINGLE : END);
        for (int i = length - 1; i >= 0; i--) {
            path[i] = state;
            state = cameFrom[i * STATES + state];
        }
        return path;
    }

    private double[] emission(int codePoint) {
        double[] known = codePoint < EMITTED ? emission[codePoint] : null;
        return known == null ? absentEmission : known;
    }

    private static Map<?, ?> map(Object value) {
        return (Map<?, ?>) value;
    }

    private static double number(Object value) {
        return ((Number) value).doubleValue();
    }
}
