package org.encore.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One case for each rule, on {@link TinyDictionary}. A token is written term@start-end/increment. */
class TextAnalysisTest {
    private static Dictionary dictionary;

    @BeforeAll
    static void load(@TempDir Path root) throws IOException {
        dictionary = Dictionary.load(TinyDictionary.write(root));
    }

    @Test
    void everyCharacterOfAnExpansionHasTheWholeSpan() {
        assertEquals("fi@0-1/1", content("ﬁ", Mode.CUT));
        Normalized expanded = dictionary.normalizer().normalize("x㍿");
        assertEquals("x株式会社", expanded.text(0, expanded.length()));
        assertEquals(1, expanded.starts()[4]);
        assertEquals(2, expanded.ends()[1]);
    }

    @Test
    void longestMatchWins() {
        assertEquals("乾隆", normalized("乾隆"));
        assertEquals("干里", normalized("乾裏"));
        assertEquals("é", normalized("e\u0301"));
        assertEquals("ef", normalized("ef"));
    }

    @Test
    void offsetsCountUtf16UnitsOfTheSource() {
        assertEquals("晴天@2-4/2 里@6-7/3", content("😀晴天  裏", Mode.CUT));
        assertEquals("𠀀@0-2/1 晴天@2-4/1", content("𠀀晴天", Mode.CUT));
    }

    @Test
    void mostProbableRoute() {
        // Of 17: 共和国 is 2/17; 共和 + 国 is 2/17 · 1/17.
        assertEquals("共和国@0-3/1", content("共和国", Mode.CUT));
    }

    @Test
    void equalRoutesTakeTheLongerFirstWord() {
        // 甲乙 + 丙 and 甲 + 乙丙 are both 1/17 · 1/17.
        assertEquals("甲乙@0-2/1 丙@2-3/1", content("甲乙丙", Mode.CUT));
    }

    @Test
    void modelFindsWordsAmongSingleCharacters() {
        // 鱼雁 as begin + end: -0.3 - 1 - 0.5 - 1 = -2.8; as two single ones: -1.5 - 5 - 0.7 - 5.
        assertEquals("鱼雁@0-2/1", content("鱼雁", Mode.CUT));
        assertEquals("鱼雁@0-2/1 鱼雁@2-4/1 晴天@4-6/1", content("鱼雁鱼雁晴天", Mode.CUT));
    }

    @Test
    void oneCharacterAloneDoesNotMeetTheModel() {
        assertEquals("鱼@0-1/1 晴天@1-3/1 雁@3-4/1", content("鱼晴天雁", Mode.CUT));
    }

    @Test
    void latinRunsKeepTheirDecimalsAndPerCent() {
        assertEquals("3.14%@0-5/1 a@5-6/1", content("3.14%a", Mode.CUT));
        assertEquals("a1@0-2/1 b@3-4/2", content("a1.b", Mode.CUT));
        assertEquals("1.5@0-3/1 2@4-5/2", content("1.5.2", Mode.CUT));
    }

    @Test
    void lineEndOfTwoCharactersIsOnePlace() {
        assertEquals("晴天@0-2/1 晴天@4-6/2", content("晴天\r\n晴天", Mode.CUT));
        assertEquals("晴天@0-2/1 晴天@4-6/3", content("晴天\n\r晴天", Mode.CUT));
    }

    @Test
    void searchModeIsByStartThenLongerFirst() {
        assertEquals(
                "中华人民共和国@0-7/1 中华@0-2/0 人民@2-4/1 共和国@4-7/1 共和@4-6/0",
                content("中华人民共和国", Mode.SEARCH));
        assertEquals("中华人民共和国@0-7/1", content("中华人民共和国", Mode.CUT));
    }

    @Test
    void tokenWithoutContentIsKeptForTheFilterToDrop() {
        TextAnalysis analysis = TextAnalysis.of(dictionary, "，晴天", Mode.CUT);
        assertEquals(2, analysis.size());
        assertEquals(false, analysis.hasContent(0));
        assertEquals(true, analysis.hasContent(1));
    }

    @Test
    void aTermThatLuceneWouldRefuseHasNoContent() {
        int most = TextAnalysis.LONGEST_TERM_CODE_POINTS;
        assertEquals(true, TextAnalysis.of(dictionary, "a".repeat(most), Mode.CUT).hasContent(0));
        assertEquals(false, TextAnalysis.of(dictionary, "a".repeat(most + 1), Mode.CUT).hasContent(0));
    }

    @Test
    void loneSurrogatesPassThrough() {
        TextAnalysis analysis = TextAnalysis.of(dictionary, "\uD83D晴天\uDE00", Mode.CUT);
        assertEquals("\uD83D", analysis.term(0));
        assertEquals("晴天", analysis.term(1));
        assertEquals(4, analysis.endOffset(2));
    }

    @Test
    void emptyTextHasNoTokens() {
        assertEquals(0, TextAnalysis.of(dictionary, "", Mode.SEARCH).size());
    }

    @Test
    void unknownModeIsRefused() {
        assertEquals(
                "unknown mode [fine]; use [cut] or [search]",
                assertThrows(IllegalArgumentException.class, () -> Mode.of("fine")).getMessage());
    }

    private static String normalized(String text) {
        Normalized found = dictionary.normalizer().normalize(text);
        return found.text(0, found.length());
    }

    private static String content(String text, Mode mode) {
        TextAnalysis analysis = TextAnalysis.of(dictionary, text, mode);
        List<String> tokens = new ArrayList<>();
        int increment = 0;
        for (int i = 0; i < analysis.size(); i++) {
            increment += analysis.increment(i);
            if (analysis.hasContent(i)) {
                tokens.add(analysis.term(i) + "@" + analysis.startOffset(i) + "-" + analysis.endOffset(i) + "/"
                        + increment);
                increment = 0;
            }
        }
        return String.join(" ", tokens);
    }
}
