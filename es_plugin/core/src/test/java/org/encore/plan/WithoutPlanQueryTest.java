package org.encore.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.junit.jupiter.api.Test;

class WithoutPlanQueryTest {
    private static final Query WORD = new TermQuery(new Term("title", "a"));
    private static final Query MARKED = new WithoutPlanQuery(WORD, "timeout");

    @Test
    void itIsFoundAnywhere() {
        for (Occur occur : Occur.values()) {
            Query whole = new BooleanQuery.Builder()
                    .add(new MatchAllDocsQuery(), Occur.MUST)
                    .add(new BoostQuery(MARKED, 2), occur)
                    .build();
            assertEquals("timeout", WithoutPlanQuery.causeIn(whole), occur.name());
        }
        assertEquals("timeout", WithoutPlanQuery.causeIn(MARKED));
        assertNull(WithoutPlanQuery.causeIn(new BoostQuery(WORD, 2)));
        assertNull(WithoutPlanQuery.causeIn(null));
    }

    @Test
    void itsWordsAreSeenByWhoHighlights() {
        Set<Term> terms = new HashSet<>();
        MARKED.visit(QueryVisitor.termCollector(terms));
        assertEquals(Set.of(new Term("title", "a")), terms);
    }

    @Test
    void itFindsAndScoresAsWhatItHolds() throws Exception {
        try (ByteBuffersDirectory directory = new ByteBuffersDirectory()) {
            try (IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig())) {
                for (String title : List.of("a b", "a a c", "c")) {
                    Document document = new Document();
                    document.add(new TextField("title", title, Field.Store.NO));
                    writer.addDocument(document);
                }
            }
            try (DirectoryReader reader = DirectoryReader.open(directory)) {
                IndexSearcher searcher = new IndexSearcher(reader);
                for (int doc = 0; doc < 3; doc++) {
                    assertEquals(
                            searcher.explain(WORD, doc).getValue(), searcher.explain(MARKED, doc).getValue());
                }
                assertEquals(2, searcher.count(MARKED));
                assertEquals(WORD, searcher.rewrite(MARKED));
            }
        }
    }

    @Test
    void equalOnesAreEqual() {
        assertEquals(MARKED, new WithoutPlanQuery(WORD, "timeout"));
        assertEquals(MARKED.hashCode(), new WithoutPlanQuery(WORD, "timeout").hashCode());
        assertNotEquals(MARKED, new WithoutPlanQuery(WORD, "overloaded"));
        assertNotEquals(MARKED, WORD);
        assertEquals("without_plan[timeout](a)", MARKED.toString("title"));
    }
}
