package org.encore.elasticsearch.recall;

import java.util.List;
import org.apache.lucene.index.LeafReaderContext;
import org.elasticsearch.common.document.DocumentField;
import org.elasticsearch.search.SearchHit;
import org.elasticsearch.search.fetch.FetchContext;
import org.elasticsearch.search.fetch.FetchSubPhase;
import org.elasticsearch.search.fetch.FetchSubPhaseProcessor;
import org.elasticsearch.search.fetch.StoredFieldsSpec;
import org.encore.plan.WithoutPlanQuery;
import org.encore.rescore.HitMark;

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

            @Override
            public StoredFieldsSpec storedFieldsSpec() {
                return StoredFieldsSpec.NO_REQUIREMENTS;
            }
        };
    }

    /** Adds to the mark that the hit may have; one that came from another node without any field takes none. */
    static void mark(SearchHit hit, String cause) {
        DocumentField ranked = hit.field(HitMark.FIELD);
        Object mark = ranked == null ? null : ranked.getValue();
        hit.setDocumentField(new DocumentField(HitMark.FIELD, List.of(HitMark.withoutPlan(mark, cause))));
    }
}
