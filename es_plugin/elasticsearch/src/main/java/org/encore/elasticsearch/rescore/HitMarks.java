package org.encore.elasticsearch.rescore;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.index.LeafReaderContext;
import org.elasticsearch.common.document.DocumentField;
import org.elasticsearch.search.SearchHit;
import org.elasticsearch.search.fetch.FetchContext;
import org.elasticsearch.search.fetch.FetchSubPhase;
import org.elasticsearch.search.fetch.FetchSubPhaseProcessor;
import org.elasticsearch.search.fetch.StoredFieldsSpec;
import org.encore.rank.FallbackCause;

/**
 * Marks each hit of a {@code fine_rank} search with how it was ranked, in the document field {@code encore}:
 * {@code [{"rank": "fine"}]} or {@code [{"rank": "coarse", "cause": "timeout"}]}.
 */
public final class HitMarks implements FetchSubPhase {
    static final String FIELD = "encore";
    static final String CAUSE = "cause";

    private static final DocumentField FINE = new DocumentField(FIELD, List.of(Map.of("rank", "fine")));

    @Override
    public FetchSubPhaseProcessor getProcessor(FetchContext fetch) {
        FineRankContext fineRank = FineRankContext.among(fetch.rescore());
        if (fineRank == null) {
            return null;
        }
        return new FetchSubPhaseProcessor() {
            private DocumentField coarse;

            @Override
            public void setNextReader(LeafReaderContext readerContext) {}

            @Override
            public void process(HitContext hitContext) {
                SearchHit hit = hitContext.hit();
                if (hit.getNestedIdentity() != null) {
                    return; // A part of a hit, not a hit of the search.
                }
                hit.setDocumentField(fineRank.isRescored(hit.docId()) ? FINE : coarse());
            }

            private DocumentField coarse() {
                if (coarse == null) {
                    Map<String, Object> mark = new LinkedHashMap<>();
                    mark.put("rank", "coarse");
                    FallbackCause cause = fineRank.cause();
                    if (cause != null) {
                        mark.put(CAUSE, cause.wireName());
                    }
                    coarse = new DocumentField(FIELD, List.of(mark));
                }
                return coarse;
            }

            @Override
            public StoredFieldsSpec storedFieldsSpec() {
                return StoredFieldsSpec.NO_REQUIREMENTS;
            }
        };
    }

    /** The cause in a hit's mark, or null where it has none. */
    static String cause(SearchHit hit) {
        DocumentField mark = hit.field(FIELD);
        return mark != null && mark.getValue() instanceof Map<?, ?> map && map.get(CAUSE) instanceof String cause
                ? cause
                : null;
    }
}
