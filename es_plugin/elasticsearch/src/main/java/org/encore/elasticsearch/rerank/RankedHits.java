package org.encore.elasticsearch.rerank;

import java.util.List;
import org.apache.lucene.index.LeafReaderContext;
import org.elasticsearch.common.document.DocumentField;
import org.elasticsearch.search.DocValueFormat;
import org.elasticsearch.search.SearchHit;
import org.elasticsearch.search.SearchSortValues;
import org.elasticsearch.search.fetch.FetchContext;
import org.elasticsearch.search.fetch.FetchSubPhase;
import org.elasticsearch.search.fetch.FetchSubPhaseProcessor;
import org.elasticsearch.search.fetch.StoredFieldsSpec;
import org.elasticsearch.search.rank.RankDoc;
import org.encore.rerank.GlobalOrder;
import org.encore.rescore.HitMark;

/**
 * Marks each hit with how it was ranked, as {@link HitMark} has it, and explains its score.
 *
 * <p>Only the coordinator knows. The shards fetch the page's hits with a mark to be replaced, for a hit that comes from
 * another node without any field takes none.
 */
public final class RankedHits implements FetchSubPhase {
    private static final SearchSortValues NOTHING = new SearchSortValues(new Object[0], new DocValueFormat[0]);
    private static final DocumentField TO_BE_REPLACED = new DocumentField(HitMark.FIELD, List.of(HitMark.coarse(null)));

    /** Marks the hits of a page; {@code order} is null where none was ranked. */
    static void mark(SearchHit[] page, GlobalOrder order) {
        if (order == null) {
            return;
        }
        for (SearchHit hit : page) {
            if (hit.getRank() < 1) {
                continue;
            }
            int place = order.place(hit.getRank() - 1);
            hit.setDocumentField(new DocumentField(HitMark.FIELD, List.of(order.mark(place))));
            if (hit.getExplanation() != null) {
                hit.explanation(order.explain(place, hit.getExplanation()));
            }
            // What the engine's phases needed: it is no part of the answer to a search ordered by score.
            hit.setRank(RankDoc.NO_RANK);
            hit.sortValues(NOTHING);
        }
    }

    @Override
    public FetchSubPhaseProcessor getProcessor(FetchContext fetch) {
        if (!(fetch.rankBuilder() instanceof EncoreRankBuilder)) {
            return null;
        }
        return new FetchSubPhaseProcessor() {
            @Override
            public void setNextReader(LeafReaderContext segment) {}

            @Override
            public void process(HitContext context) {
                if (context.hit().getNestedIdentity() == null) {
                    context.hit().setDocumentField(TO_BE_REPLACED);
                }
            }

            @Override
            public StoredFieldsSpec storedFieldsSpec() {
                return StoredFieldsSpec.NO_REQUIREMENTS;
            }
        };
    }
}
