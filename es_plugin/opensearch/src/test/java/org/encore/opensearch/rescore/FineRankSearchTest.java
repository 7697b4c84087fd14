package org.encore.opensearch.rescore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.encore.rescore.FineRankExecution;
import org.encore.rescore.FineRankRequest;
import org.junit.jupiter.api.Test;
import org.opensearch.index.query.MatchAllQueryBuilder;
import org.opensearch.search.builder.SearchSourceBuilder;
import org.opensearch.search.collapse.CollapseBuilder;
import org.opensearch.search.rescore.QueryRescorerBuilder;
import org.opensearch.search.sort.FieldSortBuilder;
import org.opensearch.search.sort.ScoreSortBuilder;
import org.opensearch.search.sort.SortOrder;

class FineRankSearchTest {
    private final FineRankRescorerBuilder fineRank = new FineRankRescorerBuilder(
            new FineRankRequest("q", null, Map.of(), null, null, null), FineRankExecution.UNSET, () -> null);
    private final SearchSourceBuilder source = new SearchSourceBuilder().addRescorer(fineRank);

    private void check() {
        FineRankSearch.checks(source, fineRank).check();
    }

    private String refused() {
        return assertThrows(IllegalArgumentException.class, this::check).getMessage();
    }

    @Test
    void findsItAmongTheRescorers() {
        assertSame(fineRank, FineRankSearch.find(source));
        assertNull(FineRankSearch.find(null));
        assertNull(FineRankSearch.find(new SearchSourceBuilder()));
        assertNull(FineRankSearch.find(
                new SearchSourceBuilder().addRescorer(new QueryRescorerBuilder(new MatchAllQueryBuilder()))));
    }

    @Test
    void theEnginesDefaultsFitEachOther() {
        check(); // A window of 10, from 0, size 10.
    }

    @Test
    void countsWithTheEnginesDefaults() {
        source.from(1);
        assertEquals(
                "[window_size] [10] of [fine_rank] is below [from + size] [11]: hits beyond the window would not be finely ranked",
                refused());
    }

    @Test
    void theLargestPageDoesNotOverflow() {
        source.from(Integer.MAX_VALUE).size(Integer.MAX_VALUE);
        assertEquals(
                "[window_size] [10] of [fine_rank] is below [from + size] [4294967294]: hits beyond the window would not be finely ranked",
                refused());
    }

    @Test
    void boundsTheWindowByTheWire() {
        fineRank.windowSize(1_000);
        check();
        fineRank.windowSize(1_001);
        assertEquals("[window_size] [1001] of [fine_rank] must be between [1] and [1000]", refused());
    }

    @Test
    void sortsByScoreOnly() {
        source.sort(new ScoreSortBuilder());
        check();
        source.sort(new FieldSortBuilder("plays"));
        assertEquals("[fine_rank] orders by score: leave [sort] out or sort by [_score] first", refused());
    }

    @Test
    void theWorstScoreFirstIsNoOrder() {
        source.sort(new ScoreSortBuilder().order(SortOrder.ASC));
        assertEquals("[fine_rank] orders by score: leave [sort] out or sort by [_score] first", refused());
    }

    @Test
    void groupsAreNotRanked() {
        FineRankSearch.checkCollapse(source);
        source.collapse(new CollapseBuilder("uploader"));
        assertEquals(
                "[fine_rank] cannot stand beside [collapse] of field [uploader], as OpenSearch rescores no groups: leave one of"
                        + " them out",
                assertThrows(IllegalArgumentException.class, () -> FineRankSearch.checkCollapse(source)).getMessage());
    }
}
