package org.encore.proximity;

import java.io.IOException;
import java.io.Reader;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.PositionIncrementAttribute;

/**
 * Words between blanks, with two marks: {@code _} is a position without a token, {@code +word} stands at the
 * position of the word before it.
 */
final class MarkedWords extends Analyzer {
    @Override
    protected TokenStreamComponents createComponents(String field) {
        return new TokenStreamComponents(new MarkedTokenizer());
    }

    private static final class MarkedTokenizer extends Tokenizer {
        private final CharTermAttribute term = addAttribute(CharTermAttribute.class);
        private final PositionIncrementAttribute increment = addAttribute(PositionIncrementAttribute.class);
        private String[] words = {};
        private int next;

        @Override
        public void reset() throws IOException {
            super.reset();
            words = readAll(input).strip().split(" +");
            next = 0;
        }

        private static String readAll(Reader reader) throws IOException {
            StringBuilder text = new StringBuilder();
            for (int read = reader.read(); read >= 0; read = reader.read()) {
                text.append((char) read);
            }
            return text.toString();
        }

        @Override
        public boolean incrementToken() {
            clearAttributes();
            int step = 1;
            while (next < words.length && (words[next].equals("_") || words[next].isEmpty())) {
                step++;
                next++;
            }
            if (next == words.length) {
                return false;
            }
            boolean here = words[next].startsWith("+");
            term.append(here ? words[next].substring(1) : words[next]);
            increment.setPositionIncrement(here ? 0 : step);
            next++;
            return true;
        }
    }
}
