package org.encore.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.OffsetAttribute;
import org.apache.lucene.analysis.tokenattributes.PositionIncrementAttribute;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The chain as Lucene drives it: reset, tokens, end, close, and over again with the next text. */
class TokenStreamTest {
    private static Dictionary dictionary;

    @BeforeAll
    static void load(@TempDir Path root) throws IOException {
        dictionary = Dictionary.load(TinyDictionary.write(root));
    }

    @Test
    void oneTokenizerServesManyTexts() throws IOException {
        Tokenizer tokenizer = new EncoreTokenizer(dictionary, Mode.CUT);
        TokenStream stream = new ContentFilter(tokenizer);
        assertEquals(List.of("晴天@1-3/2", "end@4/1"), tokens(tokenizer, stream, "，晴天！"));
        assertEquals(List.of("end@0/0"), tokens(tokenizer, stream, ""));
        assertEquals(List.of("fi@0-1/1", "end@1/0"), tokens(tokenizer, stream, "ﬁ"));
    }

    @Test
    void aTextLongerThanTheReadersRoomIsWhole() throws IOException {
        Tokenizer tokenizer = new EncoreTokenizer(dictionary, Mode.SEARCH);
        List<String> found = tokens(tokenizer, tokenizer, "晴天".repeat(3000));
        assertEquals(3001, found.size());
        assertEquals("晴天@5998-6000/1", found.get(2999));
        assertEquals("end@6000/0", found.get(3000));
    }

    @Test
    void aTextThatWasCutBeforeIsCutAlikeInBothModes() throws IOException {
        Tokenizer cut = new EncoreTokenizer(dictionary, Mode.CUT);
        Tokenizer search = new EncoreTokenizer(dictionary, Mode.SEARCH);
        for (String text : List.of("晴天，晴天", "晴天".repeat(200), "")) {
            List<String> whole = tokens(cut, cut, text);
            List<String> parts = tokens(search, search, text);
            for (int i = 0; i < 3000; i++) {
                tokens(cut, cut, "晴天" + i % 7); // others come between, some into its place
            }
            assertEquals(whole, tokens(cut, cut, text));
            assertEquals(parts, tokens(search, search, text));
            assertEquals(parts, tokens(search, search, text));
        }
    }

    @Test
    void filterLeavesOtherTokenizersAlone() throws IOException {
        Tokenizer whole = new WholeText();
        assertEquals(List.of("，@0-1/1", "end@1/0"), tokens(whole, new ContentFilter(whole), "，"));
    }

    @Test
    void charFilterCorrectsOffsetsIntoTheSource() throws IOException {
        try (NormalizeCharFilter filter =
                new NormalizeCharFilter(new StringReader("Ａ㍿ e\u0301"), dictionary.normalizer())) {
            assertEquals("a株式会社 é", read(filter));
            int[] corrected = {0, 1, 1, 1, 1, 2, 3, 5, 5};
            for (int offset = 0; offset < corrected.length; offset++) {
                assertEquals(corrected[offset], filter.correctOffset(offset), "offset " + offset);
            }
        }
    }

    @Test
    void charFilterOfNothingIsNothing() throws IOException {
        try (NormalizeCharFilter filter = new NormalizeCharFilter(new StringReader(""), dictionary.normalizer())) {
            assertEquals(-1, filter.read());
            assertEquals(0, filter.correctOffset(0));
        }
    }

    private static List<String> tokens(Tokenizer tokenizer, TokenStream stream, String text) throws IOException {
        CharTermAttribute term = stream.addAttribute(CharTermAttribute.class);
        OffsetAttribute offset = stream.addAttribute(OffsetAttribute.class);
        PositionIncrementAttribute position = stream.addAttribute(PositionIncrementAttribute.class);
        List<String> tokens = new ArrayList<>();
        tokenizer.setReader(new StringReader(text));
        stream.reset();
        while (stream.incrementToken()) {
            tokens.add(term + "@" + offset.startOffset() + "-" + offset.endOffset() + "/"
                    + position.getPositionIncrement());
        }
        stream.end();
        tokens.add("end@" + offset.endOffset() + "/" + position.getPositionIncrement());
        stream.close();
        return tokens;
    }

    private static String read(Reader reader) throws IOException {
        StringBuilder text = new StringBuilder();
        char[] small = new char[3];
        for (int count = reader.read(small, 0, 3); count >= 0; count = reader.read(small, 0, 3)) {
            assertTrue(count > 0);
            text.append(small, 0, count);
        }
        return text.toString();
    }

    /** A tokenizer of another kind: the whole text is one token. */
    private static final class WholeText extends Tokenizer {
        private final CharTermAttribute term = addAttribute(CharTermAttribute.class);
        private final OffsetAttribute offset = addAttribute(OffsetAttribute.class);
        private int length;
        private boolean done;

        @Override
        public boolean incrementToken() throws IOException {
            if (done) {
                return false;
            }
            clearAttributes();
            String text = new WholeReader().readAll(input);
            length = text.length();
            term.append(text);
            offset.setOffset(0, length);
            done = true;
            return true;
        }

        @Override
        public void end() throws IOException {
            super.end();
            offset.setOffset(length, length);
        }
    }
}
