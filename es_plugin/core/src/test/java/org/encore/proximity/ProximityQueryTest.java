package org.encore.proximity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.ConstantScoreQuery;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.Explanation;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.MatchesIterator;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.junit.jupiter.api.Test;

/** Through a real index. Constants easy to reckon with: 4 gaps a junction, or the wrong order, halve what is at stake. */
class ProximityQueryTest {
    private static final ProximityFormula FORMULA = new ProximityFormula(0.5f, 0.5f, 4);

    private static ProximityQuery query(String... words) {
        return new ProximityQuery("title", Arrays.stream(words).map(Slot::of).toList(), FORMULA);
    }

    private static float score(Titles titles, Query query, int doc) throws IOException {
        for (ScoreDoc hit : titles.searcher.search(query, 100).scoreDocs) {
            if (hit.doc == doc) {
                return hit.score;
            }
        }
        return Float.NaN;
    }

    private static List<Integer> order(Titles titles, Query query) throws IOException {
        return Arrays.stream(titles.searcher.search(query, 100).scoreDocs)
                .map(hit -> hit.doc)
                .toList();
    }

    @Test
    void tighterTitlesComeFirst() throws IOException {
        try (Titles titles = Titles.of(
                "周杰伦 _ 演唱会 全程 _ 最后 一首 晴天", // 0: six gaps
                "晴天 周杰伦", // 1: the wrong order
                "周杰伦 晴天", // 2
                "周杰伦 七里香", // 3: one of two
                "周杰伦 _ 晴天", // 4: one gap
                "稻香")) {
            Query query = query("周杰伦", "晴天");
            assertEquals(List.of(2, 4, 1, 0, 3), order(titles, query));
            assertEquals(1f, score(titles, query, 2));
            // window (1 + ½)/2 = ¾, score 1 − ½·¼
            assertEquals(0.875f, score(titles, query, 1));
            // window (1 + 0.8)/2 = 0.9, score 1 − ½·0.1
            assertEquals(0.95f, score(titles, query, 4));
            // window (1 + 0.4)/2 = 0.7, score 1 − ½·0.3
            assertEquals(0.85f, score(titles, query, 0));
            assertEquals(0.5f, score(titles, query, 3));
            assertTrue(Float.isNaN(score(titles, query, 5)));
        }
    }

    @Test
    void aQueryOfOneTermScoresOneWhereverItMatches() throws IOException {
        try (Titles titles = Titles.of("晴天", "朗朗 的 晴天 晴天", "稻香")) {
            assertEquals(List.of(0, 1), order(titles, query("晴天")));
            assertEquals(1f, score(titles, query("晴天"), 1));
        }
    }

    @Test
    void aRepeatedWordWeighsDouble() throws IOException {
        try (Titles titles = Titles.of("听", "海")) {
            Query query = new ProximityQuery("title", SlotReader.read(new MarkedWords(), "title", "听 听 海", 9), FORMULA);
            assertEquals(2 / 3f, score(titles, query, 0));
            assertEquals(1 / 3f, score(titles, query, 1));
        }
    }

    @Test
    void anyTermFillsASlot() throws IOException {
        try (Titles titles = Titles.of("hebe 小幸运", "田馥甄 小幸运", "小幸运 hebe _ _ 田馥甄 小幸运")) {
            Query query = new ProximityQuery("title", List.of(Slot.of("hebe", "田馥甄"), Slot.of("小幸运")), FORMULA);
            for (int doc = 0; doc < 3; doc++) {
                assertEquals(1f, score(titles, query, doc), "document " + doc);
            }
        }
    }

    @Test
    void wordsThatTheIndexHoldsAtOnePositionNeedNoGap() throws IOException {
        try (Titles titles = Titles.of("中华人民 +中华 +人民 共和国")) {
            assertEquals(1f, score(titles, query("中华", "人民", "共和国"), 0));
        }
    }

    @Test
    void boostMultiplies() throws IOException {
        try (Titles titles = Titles.of("晴天 周杰伦")) {
            assertEquals(3.5f, score(titles, new BoostQuery(query("周杰伦", "晴天"), 4), 0));
        }
    }

    @Test
    void addsToItsNeighboursInABool() throws IOException {
        try (Titles titles = Titles.of("晴天 周杰伦", "周杰伦 晴天", "周杰伦")) {
            Query one = new BoostQuery(new ConstantScoreQuery(new TermQuery(new Term("title", "周杰伦"))), 10);
            Query both = new BooleanQuery.Builder()
                    .add(one, BooleanClause.Occur.MUST)
                    .add(query("周杰伦", "晴天"), BooleanClause.Occur.SHOULD)
                    .build();
            assertEquals(List.of(1, 0, 2), order(titles, both));
            assertEquals(10.875f, score(titles, both, 0));
        }
    }

    @Test
    void asAFilterItMatchesTheSameDocumentsWithoutScore() throws IOException {
        try (Titles titles = Titles.of("晴天", "稻香", "周杰伦 稻香")) {
            Query filter = new BooleanQuery.Builder()
                    .add(query("周杰伦", "晴天"), BooleanClause.Occur.FILTER)
                    .build();
            assertEquals(List.of(0, 2), order(titles, filter));
            assertEquals(0f, score(titles, filter, 0));
            assertEquals(2, titles.searcher.count(query("周杰伦", "晴天")));
        }
    }

    @Test
    void explainGivesTheFormulaWithItsValues() throws IOException {
        try (Titles titles = Titles.of("晴天 _ 周杰伦 官方")) {
            Query query = new BoostQuery(
                    new ProximityQuery("title", List.of(Slot.of("周杰伦"), Slot.of("晴天"), Slot.of("现场")), FORMULA), 2);
            assertEquals(
                    """
                    1.1333333 = proximity(title:周杰伦 晴天 现场), boost * (coverage - window_weight * (coverage - window)) from:
                      2.0 = boost
                      0.5 = window_weight
                      0.6666666666666666 = coverage, weight of the terms in the field / of the query = 2 / 3, missing [现场]
                      0.4666666666666666 = window [晴天@0, 周杰伦@2], share * (1 + (terms - 1) * tightness * order) / terms from:
                        2 = terms, in the window
                        0.6666666666666666 = share, weight of the terms in the window / of the query = 2 / 3
                        0.8 = tightness, 1 / (1 + gaps / ((terms - 1) * half_gap)) = 1 / (1 + 1 / ((2 - 1) * 4.0))
                        0.5 = order, 1 - order_weight * (1 - in_order / (terms - 1)) = 1 - 0.5 * (1 - 0 / (2 - 1))
                    """,
                    titles.searcher.explain(query, 0).toString());
        }
    }

    @Test
    void explainOfOneTermSaysThatNothingIsMeasured() throws IOException {
        try (Titles titles = Titles.of("周杰伦 七里香", "稻香")) {
            String explained = titles.searcher.explain(query("周杰伦", "晴天"), 0).toString();
            assertTrue(explained.startsWith("0.5 = proximity(title:周杰伦 晴天)"), explained);
            assertTrue(explained.contains("1.0 = tightness of one term"), explained);
            assertTrue(explained.contains("1.0 = order of one term"), explained);
            Explanation none = titles.searcher.explain(query("周杰伦", "晴天"), 1);
            assertFalse(none.isMatch());
            assertEquals("no term of proximity(title:周杰伦 晴天)", none.getDescription());
        }
    }

    @Test
    void aFieldWithoutPositionsIsRefused() throws IOException {
        try (Titles titles = Titles.of("周杰伦 晴天")) {
            Query query = new ProximityQuery("words", List.of(Slot.of("周杰伦"), Slot.of("晴天")), FORMULA);
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> titles.searcher.search(query, 1));
            assertEquals(
                    "[proximity] reads positions, and field [words] is indexed without them", refused.getMessage());
        }
    }

    @Test
    void aMissingFieldAndMissingTermsMatchNothing() throws IOException {
        try (Titles titles = Titles.of("周杰伦 晴天")) {
            Query elsewhere = new ProximityQuery("nowhere", List.of(Slot.of("晴天")), FORMULA);
            assertEquals(0, titles.searcher.count(elsewhere));
            assertEquals(0, titles.searcher.count(query("稻香", "七里香")));
            Query empty = new ProximityQuery("title", List.of(), FORMULA);
            assertTrue(titles.searcher.rewrite(empty) instanceof MatchNoDocsQuery);
            assertEquals(0, titles.searcher.count(empty));
        }
    }

    @Test
    void aSecondCallForTheScoreGivesTheSame() throws IOException {
        try (Titles titles = Titles.of("晴天 _ 周杰伦")) {
            LeafReaderContext leaf = titles.searcher.getIndexReader().leaves().get(0);
            Scorer scorer = query("周杰伦", "晴天")
                    .createWeight(titles.searcher, ScoreMode.COMPLETE, 1)
                    .scorer(leaf);
            assertEquals(0, scorer.iterator().nextDoc());
            float first = scorer.score();
            assertEquals(first, scorer.score());
            assertEquals(DocIdSetIterator.NO_MORE_DOCS, scorer.iterator().nextDoc());
        }
    }

    @Test
    void theBoundOfASegmentIsTheShareOfItsTerms() throws IOException {
        try (Titles titles = Titles.of("周杰伦 稻香", "周杰伦 晴天", "稻香")) {
            LeafReaderContext leaf = titles.searcher.getIndexReader().leaves().get(0);
            Scorer scorer = query("周杰伦", "晴天", "现场", "演唱会")
                    .createWeight(titles.searcher, ScoreMode.TOP_SCORES, 2)
                    .scorer(leaf);
            assertEquals(1f, scorer.getMaxScore(DocIdSetIterator.NO_MORE_DOCS)); // 2 · 2/4
            assertEquals(0, scorer.iterator().nextDoc());
            assertEquals(0.5f, scorer.getMaxScore(0)); // 晴天 first comes in document 1: 2 · 1/4
            assertEquals(1f, scorer.getMaxScore(1));
            scorer.setMinCompetitiveScore(0.6f);
            assertEquals(1, scorer.iterator().nextDoc());
        }
    }

    @Test
    void tellsVisitorsItsTerms() {
        Set<Term> terms = new TreeSet<>();
        Query query = new ProximityQuery("title", List.of(Slot.of("a", "b"), Slot.of("b"), Slot.of("c")), FORMULA);
        query.visit(QueryVisitor.termCollector(terms));
        assertEquals(Set.of(new Term("title", "a"), new Term("title", "b"), new Term("title", "c")), terms);
    }

    @Test
    void tellsHighlightersWhereItsTermsStand() throws IOException {
        try (Titles titles = Titles.of("晴天 _ 周杰伦 官方", "稻香")) {
            var weight = query("周杰伦", "晴天").createWeight(titles.searcher, ScoreMode.COMPLETE_NO_SCORES, 1);
            LeafReaderContext leaf = titles.searcher.getIndexReader().leaves().get(0);
            MatchesIterator matches = weight.matches(leaf, 0).getMatches("title");
            List<Integer> positions = new ArrayList<>();
            while (matches.next()) {
                positions.add(matches.startPosition());
            }
            assertEquals(List.of(0, 2), positions);
            assertEquals(null, weight.matches(leaf, 1));
        }
    }

    @Test
    void equalQueriesAreEqual() {
        assertEquals(query("a", "b"), query("a", "b"));
        assertEquals(query("a", "b").hashCode(), query("a", "b").hashCode());
        assertNotEquals(query("a", "b"), query("b", "a"));
        assertNotEquals(query("a"), new ProximityQuery("tags", List.of(Slot.of("a")), FORMULA));
        assertNotEquals(query("a"), new ProximityQuery("title", List.of(Slot.of("a")), ProximityFormula.DEFAULT));
        assertEquals("proximity(a b)", query("a", "b").toString("title"));
        assertEquals("proximity(title:a b)", query("a", "b").toString("tags"));
    }

    @Test
    void searchWithSkippingFindsTheSameTop() throws IOException {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            texts.add(i % 7 == 0 ? "周杰伦 x 晴天" : i % 3 == 0 ? "周杰伦" : "晴天 稻香");
        }
        try (Titles titles = new Titles(500, texts)) {
            TopDocs skipping = titles.searcher.search(query("周杰伦", "晴天"), 5);
            List<Integer> found =
                    Arrays.stream(skipping.scoreDocs).map(hit -> hit.doc).toList();
            assertEquals(List.of(0, 7, 14, 21, 28), found);
        }
    }
}
