package org.encore.proximity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.Explanation;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.junit.jupiter.api.Test;

/** Random titles and queries: the query on an index agrees with a reckoning from the titles' words. */
class ProximityRandomTest {
    private static final int ROUNDS = 60;
    private static final int DOCUMENTS = 200;

    private final Random random = new Random(9_573);

    @Test
    void scoresAgreeWithAReckoningFromTheWords() throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            List<String> texts = titles();
            try (Titles titles = new Titles(1 + random.nextInt(DOCUMENTS), texts)) {
                ProximityQuery query = query();
                Map<Integer, Float> found = all(titles, query);
                for (int doc = 0; doc < DOCUMENTS; doc++) {
                    Float expected = expected(query, texts.get(doc));
                    assertEquals(expected, found.get(doc), "round " + round + ": " + query + " on " + texts.get(doc));
                }
            }
        }
    }

    @Test
    void explainAgreesWithTheScore() throws IOException {
        try (Titles titles = new Titles(50, titles())) {
            for (int round = 0; round < ROUNDS; round++) {
                ProximityQuery query = query();
                Map<Integer, Float> found = all(titles, query);
                for (int doc = 0; doc < DOCUMENTS; doc++) {
                    Explanation explanation = titles.searcher.explain(query, doc);
                    assertEquals(found.containsKey(doc), explanation.isMatch());
                    if (explanation.isMatch()) {
                        assertEquals(found.get(doc), explanation.getValue().floatValue());
                    }
                }
            }
        }
    }

    @Test
    void skippingChangesNoTopHit() throws IOException {
        try (Titles titles = new Titles(40, titles())) {
            for (int round = 0; round < ROUNDS; round++) {
                Query query = query();
                if (round % 2 == 0) { // and as one clause among others
                    query = new BooleanQuery.Builder()
                            .add(query, BooleanClause.Occur.SHOULD)
                            .add(new TermQuery(new Term("title", word())), BooleanClause.Occur.SHOULD)
                            .build();
                }
                TopDocs everything = titles.searcher.search(query, DOCUMENTS);
                TopDocs top = titles.searcher.search(query, 5);
                for (int i = 0; i < top.scoreDocs.length; i++) {
                    assertEquals(everything.scoreDocs[i].doc, top.scoreDocs[i].doc);
                    assertEquals(everything.scoreDocs[i].score, top.scoreDocs[i].score);
                }
            }
        }
    }

    @Test
    void noScorePassesItsBound() throws IOException {
        try (Titles titles = new Titles(40, titles())) {
            for (int round = 0; round < ROUNDS; round++) {
                ProximityQuery query = query();
                float boost = 0.01f + 10 * random.nextFloat();
                for (LeafReaderContext leaf : titles.searcher.getIndexReader().leaves()) {
                    checkBounds(titles, query, boost, leaf);
                }
            }
        }
    }

    private void checkBounds(Titles titles, ProximityQuery query, float boost, LeafReaderContext leaf)
            throws IOException {
        var weight = query.createWeight(titles.searcher, ScoreMode.TOP_SCORES, boost);
        Scorer scorer = weight.scorer(leaf);
        if (scorer == null) {
            return;
        }
        float whole = scorer.getMaxScore(Integer.MAX_VALUE);
        assertTrue(whole <= boost);
        int doc = scorer.iterator().nextDoc();
        while (doc < leaf.reader().maxDoc()) {
            int upTo = doc + random.nextInt(10);
            scorer.advanceShallow(doc);
            float bound = scorer.getMaxScore(upTo);
            while (doc <= upTo && doc < leaf.reader().maxDoc()) {
                assertTrue(scorer.score() > 0);
                assertTrue(scorer.score() <= bound, query + ": " + scorer.score() + " > " + bound);
                doc = random.nextBoolean()
                        ? scorer.iterator().nextDoc()
                        : scorer.iterator().advance(doc + 1 + random.nextInt(3));
            }
        }
    }

    private static Map<Integer, Float> all(Titles titles, Query query) throws IOException {
        Map<Integer, Float> found = new HashMap<>();
        for (ScoreDoc hit : titles.searcher.search(query, DOCUMENTS).scoreDocs) {
            found.put(hit.doc, hit.score);
        }
        return found;
    }

    private List<String> titles() {
        List<String> titles = new ArrayList<>();
        for (int i = 0; i < DOCUMENTS; i++) {
            List<String> words = new ArrayList<>(List.of("_"));
            int length = random.nextInt(random.nextInt(8) == 0 ? 80 : 10);
            for (int j = 0; j < length; j++) {
                int kind = random.nextInt(10);
                words.add(kind == 0 ? "_" : kind == 1 && j > 0 && !words.get(j).equals("_") ? "+" + word() : word());
            }
            titles.add(String.join(" ", words));
        }
        return titles;
    }

    /** One of twelve words, the first of them the commonest. */
    private String word() {
        return String.valueOf((char) ('a' + random.nextInt(1 + random.nextInt(12))));
    }

    private ProximityQuery query() {
        List<Slot> slots = new ArrayList<>();
        int count = 1 + random.nextInt(5);
        for (int i = 0; i < count; i++) {
            String[] terms = IntStream.rangeClosed(0, random.nextInt(3) / 2)
                    .mapToObj(j -> word())
                    .toArray(String[]::new);
            slots.add(new Slot(Slot.of(terms).terms(), 1 + random.nextInt(2)));
        }
        Collections.shuffle(slots, random);
        return new ProximityQuery(
                "title",
                slots,
                new ProximityFormula(random.nextFloat(), random.nextFloat(), 0.5f + 8 * random.nextFloat()));
    }

    /** The score from the title's words, or null where none stands in it. */
    private static Float expected(ProximityQuery query, String title) {
        List<FakeSlot> slots = new ArrayList<>();
        int weight = 0;
        for (int i = 0; i < query.slots().size(); i++) {
            Slot slot = query.slots().get(i);
            int[] positions = positions(slot, title);
            if (positions.length > 0) {
                slots.add(new FakeSlot(i, slot.weight(), positions));
                weight += slot.weight();
            }
        }
        if (slots.isEmpty()) {
            return null;
        }
        int total = query.totalWeight();
        double window = SlowWindows.best(query.formula(), total, slots);
        return (float) query.formula().score(weight / (double) total, window);
    }

    private static int[] positions(Slot slot, String title) {
        List<Integer> positions = new ArrayList<>();
        int position = -1;
        for (String word : title.split(" ")) {
            position += word.startsWith("+") ? 0 : 1;
            String term = word.startsWith("+") ? word.substring(1) : word;
            boolean fills = slot.terms().stream().anyMatch(any -> any.utf8ToString().equals(term));
            if (fills && !positions.contains(position)) {
                positions.add(position);
            }
        }
        return positions.stream().mapToInt(Integer::intValue).toArray();
    }
}
