package org.encore.proximity;

import java.util.List;
import java.util.Objects;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Weight;

/**
 * Matches the documents that hold any of the slots, and scores how tightly they hold them, by
 * {@link ProximityFormula} times boost.
 *
 * <p>The score needs no statistics of the index: it lies in (0, boost], is the same on every shard, and
 * adds to BM25 in a {@code bool} as its clauses do. A field indexed without positions is refused when the
 * query runs. Immutable, safe for any number of threads.
 */
public final class ProximityQuery extends Query {
    private final String field;
    private final List<Slot> slots;
    private final ProximityFormula formula;

    /**
     * Makes a query.
     *
     * @param slots the query's words, in their order; none matches nothing
     */
    public ProximityQuery(String field, List<Slot> slots, ProximityFormula formula) {
        this.field = Objects.requireNonNull(field, "field");
        this.slots = List.copyOf(slots);
        this.formula = Objects.requireNonNull(formula, "formula");
    }

    /** The field whose positions are read. */
    public String field() {
        return field;
    }

    /** The query's words, in their order. */
    public List<Slot> slots() {
        return slots;
    }

    /** The constants of the score. */
    public ProximityFormula formula() {
        return formula;
    }

    int totalWeight() {
        return slots.stream().mapToInt(Slot::weight).sum();
    }

    Term[] terms() {
        return slots.stream()
                .flatMap(slot -> slot.terms().stream())
                .distinct()
                .map(term -> new Term(field, term))
                .toArray(Term[]::new);
    }

    @Override
    public Query rewrite(IndexSearcher searcher) {
        return slots.isEmpty() ? new MatchNoDocsQuery("proximity without terms") : this;
    }

    @Override
    public Weight createWeight(IndexSearcher searcher, ScoreMode scoreMode, float boost) {
        return new ProximityWeight(this, searcher, scoreMode, boost);
    }

    @Override
    public void visit(QueryVisitor visitor) {
        if (visitor.acceptField(field)) {
            visitor.getSubVisitor(BooleanClause.Occur.SHOULD, this).consumeTerms(this, terms());
        }
    }

    @Override
    public String toString(String defaultField) {
        String prefix = field.equals(defaultField) ? "" : field + ":";
        return "proximity(" + prefix + String.join(" ", slots.stream().map(Slot::toString).toList()) + ")";
    }

    @Override
    public boolean equals(Object other) {
        return sameClassAs(other)
                && other instanceof ProximityQuery that
                && field.equals(that.field)
                && slots.equals(that.slots)
                && formula.equals(that.formula);
    }

    @Override
    public int hashCode() {
        return Objects.hash(classHash(), field, slots, formula);
    }
}
