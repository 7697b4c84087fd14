package org.encore.plan;

import java.io.IOException;
import java.util.Objects;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Weight;

/**
 * A query that finds what another one finds, and tells whoever fetches the hits that it was made without a plan and why.
 * It is gone once the search is rewritten; the query as it was parsed keeps it.
 */
public final class WithoutPlanQuery extends Query {
    private final Query found;
    private final String cause;

    public WithoutPlanQuery(Query found, String cause) {
        this.found = Objects.requireNonNull(found);
        this.cause = Objects.requireNonNull(cause);
    }

    /** Why a part of that query was made without a plan; null where none was. */
    public static String causeIn(Query whole) {
        if (whole == null) {
            return null;
        }
        CauseVisitor visitor = new CauseVisitor();
        whole.visit(visitor);
        return visitor.cause;
    }

    private static final class CauseVisitor extends QueryVisitor {
        private String cause;

        @Override
        public QueryVisitor getSubVisitor(BooleanClause.Occur occur, Query parent) {
            if (cause == null && parent instanceof WithoutPlanQuery without) {
                cause = without.cause;
            }
            return this; // What must not match tells as well: it shaped the hits.
        }
    }

    @Override
    public Query rewrite(IndexSearcher searcher) {
        return found;
    }

    @Override
    public Weight createWeight(IndexSearcher searcher, ScoreMode scoreMode, float boost) throws IOException {
        return searcher.rewrite(found).createWeight(searcher, scoreMode, boost);
    }

    @Override
    public void visit(QueryVisitor visitor) {
        found.visit(visitor.getSubVisitor(BooleanClause.Occur.MUST, this));
    }

    @Override
    public boolean equals(Object other) {
        return sameClassAs(other) && found.equals(((WithoutPlanQuery) other).found) && cause.equals(((WithoutPlanQuery) other).cause);
    }

    @Override
    public int hashCode() {
        return 31 * classHash() + Objects.hash(found, cause);
    }

    @Override
    public String toString(String field) {
        return "without_plan[" + cause + "](" + found.toString(field) + ")";
    }
}
