package org.encore.text;

/**
 * The tokens of one text: normalised, cut, sorted as Lucene needs, each with its place and its content.
 *
 * <p>Tokens are by start, the longer first; {@link #increment} is 1 where the start grows and 0 where tokens
 * start together. Offsets are UTF-16 units of the original text. Belongs to one thread.
 */
public final class TextAnalysis {
    /** Lucene refuses a term of more than 32,766 bytes of UTF-8, and with it the whole document. */
    public static final int LONGEST_TERM_CODE_POINTS = 32_766 / 4;

    private final Normalized text;
    private final Spans spans;
    private final Dictionary dictionary;

    private TextAnalysis(Dictionary dictionary, Normalized text, Spans spans) {
        this.dictionary = dictionary;
        this.text = text;
        this.spans = spans;
    }

    /** Analyses a text with a dictionary. */
    public static TextAnalysis of(Dictionary dictionary, CharSequence source, Mode mode) {
        CutText cut = dictionary.cut(source.toString());
        Normalized text = cut.text();
        Spans spans = mode == Mode.CUT
                ? cut.parts()
                : dictionary.segmenter().withWords(text.codePoints(), cut.parts());
        return new TextAnalysis(dictionary, text, spans);
    }

    /** How many tokens there are, those without content included. */
    public int size() {
        return spans.size();
    }

    /** The token's term. */
    public String term(int token) {
        return text.text(spans.start(token), spans.end(token));
    }

    /** How many UTF-16 units the token's term may need. */
    int room(int token) {
        return 2 * (spans.end(token) - spans.start(token));
    }

    /** Writes the token's term into {@code target}; returns its length in UTF-16 units. */
    int term(int token, char[] target) {
        int length = 0;
        for (int i = spans.start(token); i < spans.end(token); i++) {
            length += Character.toChars(text.codePoints()[i], target, length);
        }
        return length;
    }

    /** Where the token starts in the original text. */
    public int startOffset(int token) {
        return text.starts()[spans.start(token)];
    }

    /** Where the token ends in the original text, exclusive. */
    public int endOffset(int token) {
        return text.ends()[spans.end(token) - 1];
    }

    /** 1 if the token starts behind the one before it, 0 if both start together. */
    public int increment(int token) {
        return token == 0 || spans.start(token) != spans.start(token - 1) ? 1 : 0;
    }

    /** Whether the token says something: it has a letter or number, and an index can hold it. */
    public boolean hasContent(int token) {
        int start = spans.start(token);
        int end = spans.end(token);
        if (end - start > LONGEST_TERM_CODE_POINTS) {
            return false;
        }
        for (int i = start; i < end; i++) {
            if (dictionary.isContent(text.codePoints()[i])) {
                return true;
            }
        }
        return false;
    }
}
