package org.encore.text;

import java.io.IOException;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.OffsetAttribute;
import org.apache.lucene.analysis.tokenattributes.PositionIncrementAttribute;
import org.apache.lucene.analysis.tokenattributes.TypeAttribute;

/**
 * jieba's tokens of a text, normalised inside, so that the offsets of an expansion (㍿ to 株式会社) are exact.
 *
 * <p>A token without content has the type {@link #SIGN}, which {@link ContentFilter} drops. The whole text
 * is read at once, as a route through words needs it.
 */
public final class EncoreTokenizer extends Tokenizer {
    /** Type of a token that holds no letter or number, or is longer than an index can hold. */
    public static final String SIGN = "sign";

    private final CharTermAttribute term = addAttribute(CharTermAttribute.class);
    private final OffsetAttribute offset = addAttribute(OffsetAttribute.class);
    private final PositionIncrementAttribute position = addAttribute(PositionIncrementAttribute.class);
    private final TypeAttribute type = addAttribute(TypeAttribute.class);

    private final Dictionary dictionary;
    private final Mode mode;
    private final WholeReader reader = new WholeReader();
    private TextAnalysis tokens;
    private int next;
    private int length;

    public EncoreTokenizer(Dictionary dictionary, Mode mode) {
        this.dictionary = dictionary;
        this.mode = mode;
    }

    @Override
    public boolean incrementToken() throws IOException {
        if (tokens == null) {
            String text = reader.readAll(input);
            length = text.length();
            tokens = TextAnalysis.of(dictionary, text, mode);
        }
        if (next == tokens.size()) {
            return false;
        }
        clearAttributes();
        term.setLength(tokens.term(next, term.resizeBuffer(tokens.room(next))));
        offset.setOffset(correctOffset(tokens.startOffset(next)), correctOffset(tokens.endOffset(next)));
        position.setPositionIncrement(tokens.increment(next));
        if (!tokens.hasContent(next)) {
            type.setType(SIGN);
        }
        next++;
        return true;
    }

    @Override
    public void end() throws IOException {
        super.end();
        int end = correctOffset(length);
        offset.setOffset(end, end);
    }

    @Override
    public void reset() throws IOException {
        super.reset();
        forget();
    }

    @Override
    public void close() throws IOException {
        super.close();
        forget();
    }

    private void forget() {
        tokens = null;
        next = 0;
        length = 0;
    }
}
