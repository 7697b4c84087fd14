package org.encore.elasticsearch.rescore;

import java.util.EnumMap;
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
import org.encore.rank.ScoreMark;

/**
 * Marks each hit of a {@code fine_rank} search with how it was ranked, in the document field {@code encore}:
 * {@code [{"rank": "fine", "mark": "scored"}]} or {@code [{"rank": "coarse", "cause": "timeout"}]}. The mark {@code stored}
 * means that the ranker knew the hit from an earlier page; it is left out where the ranker didn't say.
 */
public final class HitMarks implements FetchSubPhase {
    static final String FIELD = "encore";
    static final String CAUSE = "cause";

    private static final DocumentField FINE = field("fine", null, null);
    private static final Map<ScoreMark, DocumentField> FINE_BY_MARK = new EnumMap<>(ScoreMark.class);

    static {
        for (ScoreMark mark : ScoreMark.values()) {
            FINE_BY_MARK.put(mark, field("fine", "mark", mark.wireName()));
        }
    }

    private static DocumentField field(String rank, String name, String value) {
        Map<String, Object> mark = new LinkedHashMap<>();
        mark.put("rank", rank);
        if (value != null) {
            mark.put(name, value);
        }
        return new DocumentField(FIELD, List.of(mark));
    }

    @Override
    public FetchSubPhaseProcessor getProcessor(FetchContext fetch) {
        FineRankContext fineRank = FineRankContext.among(fetch.rescore());
        if (fineRank == null) {
            return null;
        }
        return new FetchSubPhaseProcessor() {
            private final ShardMarks marks = fineRank.marks();
            private DocumentField coarse;

            @Override
            public void setNextReader(LeafReaderContext readerContext) {}

            @Override
            public void process(HitContext hitContext) {
                SearchHit hit = hitContext.hit();
                if (hit.getNestedIdentity() != null) {
                    return; // A part of a hit, not a hit of the search.
                }
                hit.setDocumentField(fineRank.isRescored(hit.docId()) ? fine(hit.docId()) : coarse());
            }

            private DocumentField fine(int doc) {
                return marks == null ? FINE : FINE_BY_MARK.get(marks.of(doc));
            }

            private DocumentField coarse() {
                if (coarse == null) {
                    FallbackCause cause = fineRank.cause();
                    coarse = field("coarse", CAUSE, cause == null ? null : cause.wireName());
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
