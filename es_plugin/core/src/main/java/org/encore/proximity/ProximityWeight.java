package org.encore.proximity;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.Explanation;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Matches;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.ScorerSupplier;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.Weight;
import org.apache.lucene.util.BytesRef;

/** A {@link ProximityQuery} on one searcher: opens the postings of each segment. */
final class ProximityWeight extends Weight {
    private final ProximityQuery query;
    private final IndexSearcher searcher;
    private final ScoreMode scoreMode;
    private final float boost;

    ProximityWeight(ProximityQuery query, IndexSearcher searcher, ScoreMode scoreMode, float boost) {
        super(query);
        this.query = query;
        this.searcher = searcher;
        this.scoreMode = scoreMode;
        this.boost = boost;
    }

    @Override
    public ScorerSupplier scorerSupplier(LeafReaderContext context) throws IOException {
        List<SlotPostings> slots = open(context, scoreMode.needsScores());
        if (slots.isEmpty()) {
            return null;
        }
        SlotUnion union = new SlotUnion(slots);
        return new ScorerSupplier() {
            @Override
            public Scorer get(long leadCost) {
                return new ProximityScorer(query, union, boost, scoreMode);
            }

            @Override
            public long cost() {
                return union.cost();
            }
        };
    }

    /** The slots of which the segment holds a term, in the query's order. */
    private List<SlotPostings> open(LeafReaderContext context, boolean positions) throws IOException {
        Terms terms = context.reader().terms(query.field());
        if (terms == null) {
            return List.of();
        }
        if (!terms.hasPositions()) {
            throw new IllegalArgumentException(
                    "[proximity] reads positions, and field [" + query.field() + "] is indexed without them");
        }
        int flags = positions ? PostingsEnum.POSITIONS : PostingsEnum.NONE;
        TermsEnum reader = terms.iterator();
        List<SlotPostings> slots = new ArrayList<>();
        for (int i = 0; i < query.slots().size(); i++) {
            Slot slot = query.slots().get(i);
            List<PostingsEnum> postings = new ArrayList<>();
            for (BytesRef term : slot.terms()) {
                if (reader.seekExact(term)) {
                    postings.add(reader.postings(null, flags));
                }
            }
            if (!postings.isEmpty()) {
                slots.add(new SlotPostings(i, slot.weight(), postings));
            }
        }
        return slots;
    }

    @Override
    public Explanation explain(LeafReaderContext context, int doc) throws IOException {
        List<SlotPostings> slots = open(context, true);
        if (!slots.isEmpty()) {
            SlotUnion union = new SlotUnion(slots);
            if (union.advance(doc) == doc) {
                return new ProximityExplanation(query, boost).of(union.matched());
            }
        }
        return Explanation.noMatch("no term of " + query);
    }

    /** Where the terms stand, for highlighting: as for an ordinary disjunction of them. */
    @Override
    public Matches matches(LeafReaderContext context, int doc) throws IOException {
        BooleanQuery.Builder terms = new BooleanQuery.Builder();
        for (Term term : query.terms()) {
            terms.add(new TermQuery(term), BooleanClause.Occur.SHOULD);
        }
        Query rewritten = searcher.rewrite(terms.build());
        return rewritten
                .createWeight(searcher, ScoreMode.COMPLETE_NO_SCORES, 1)
                .matches(context, doc);
    }

    /** The score depends on the segment's postings alone. */
    @Override
    public boolean isCacheable(LeafReaderContext context) {
        return true;
    }
}
