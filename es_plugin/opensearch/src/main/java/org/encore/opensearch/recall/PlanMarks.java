package org.encore.opensearch.recall;

import java.util.List;
import org.apache.lucene.index.LeafReaderContext;
import org.encore.plan.WithoutPlanQuery;
import org.encore.rescore.HitMark;
import org.opensearch.common.document.DocumentField;
import org.opensearch.search.SearchHit;
import org.opensearch.search.fetch.FetchContext;
import org.opensearch.search.fetch.FetchSubPhase;
import org.opensearch.search.fetch.FetchSubPhaseProcessor;

/** Marks each hit that was found without a plan, beside what {@code fine_rank} says of it; see {@link HitMark}. */
public final class PlanMarks implements FetchSubPhase {
    @Override
    public FetchSubPhaseProcessor getProcessor(FetchContext fetch) {
        String cause = fetch.parsedQuery() == null ? null : WithoutPlanQuery.causeIn(fetch.parsedQuery().query());
        if (cause == null) {
            return null;
        }
        return new FetchSubPhaseProcessor() {
            @Override
            public void setNextReader(LeafReaderContext readerContext) {}

            @Override
            public void process(HitContext hitContext) {
                if (hitContext.hit().getNestedIdentity() == null) { // Else it is a part of a hit, not a hit of the search.
                    mark(hitContext.hit(), cause);
                }
            }
        };
    }

    /** Adds to the mark that the hit may have. */
    static void mark(SearchHit hit, String cause) {
        DocumentField ranked = hit.field(HitMark.FIELD);
        Object mark = ranked == null ? null : ranked.getValue();
        hit.setDocumentField(HitMark.FIELD, new DocumentField(HitMark.FIELD, List.of(HitMark.withoutPlan(mark, cause))));
    }
}
