package org.encore.opensearch.rescore;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.index.LeafReaderContext;
import org.encore.rank.ScoreMark;
import org.encore.rescore.HitMark;
import org.encore.rescore.ShardMarks;
import org.opensearch.common.document.DocumentField;
import org.opensearch.search.SearchHit;
import org.opensearch.search.fetch.FetchContext;
import org.opensearch.search.fetch.FetchSubPhase;
import org.opensearch.search.fetch.FetchSubPhaseProcessor;

/** Marks each hit of a {@code fine_rank} search with its {@link HitMark}. */
public final class HitMarks implements FetchSubPhase {
    private static final DocumentField FINE = field(HitMark.fine(null));
    private static final Map<ScoreMark, DocumentField> FINE_BY_MARK = new EnumMap<>(ScoreMark.class);

    static {
        for (ScoreMark mark : ScoreMark.values()) {
            FINE_BY_MARK.put(mark, field(HitMark.fine(mark)));
        }
    }

    private static DocumentField field(Map<String, Object> mark) {
        return new DocumentField(HitMark.FIELD, List.of(mark));
    }

    @Override
    public FetchSubPhaseProcessor getProcessor(FetchContext fetch) {
        FineRankContext fineRank = FineRankContext.among(fetch.rescore());
        if (fineRank == null) {
            return null;
        }
        return new FetchSubPhaseProcessor() {
            private final ShardMarks marks = fineRank.ranking().marks();
            private DocumentField coarse;

            @Override
            public void setNextReader(LeafReaderContext readerContext) {}

            @Override
            public void process(HitContext hitContext) {
                SearchHit hit = hitContext.hit();
                if (hit.getNestedIdentity() != null) {
                    return; // A part of a hit, not a hit of the search.
                }
                hit.setDocumentField(HitMark.FIELD, fineRank.isRescored(hit.docId()) ? fine(hit.docId()) : coarse());
            }

            private DocumentField fine(int doc) {
                return marks == null ? FINE : FINE_BY_MARK.get(marks.of(doc));
            }

            private DocumentField coarse() {
                if (coarse == null) {
                    coarse = field(HitMark.coarse(fineRank.ranking().cause()));
                }
                return coarse;
            }
        };
    }

    /** The cause in a hit's mark, or null where it has none. */
    static String cause(SearchHit hit) {
        DocumentField mark = hit.field(HitMark.FIELD);
        return mark == null ? null : HitMark.cause(mark.getValue());
    }
}
