package org.encore.rerank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.encore.rank.SearchIdentity;
import org.encore.rescore.CatalogueClock;
import org.encore.rescore.FineRankRequest;
import org.encore.rescore.IndexMeta;
import org.junit.jupiter.api.Test;

class RerankRequestTest {
    private static RerankRequest request(String id, Long now) {
        return new RerankRequest(new FineRankRequest("encore", "晴天", "u1", Map.of(), "calm", id, now), 40, null);
    }

    private static SearchedIndices indices() {
        SearchedIndices indices = new SearchedIndices("encore");
        indices.add("videos-1", new IndexMeta.Videos(-5, "g1", true));
        return indices;
    }

    private static String message(Runnable check) {
        return assertThrows(IllegalArgumentException.class, check::run).getMessage();
    }

    @Test
    void aPageMustLieInTheWindow() {
        request(null, null).checkPage(30, 10);
        assertEquals(
                "[encore] [rank_window_size] [40] is below [from + size] [41]: hits beyond the window would not be ranked",
                message(() -> request(null, null).checkPage(31, 10)));
        assertEquals(
                "[encore] [rank_window_size] [40] is below [from + size] [4294967294]: hits beyond the window would not"
                        + " be ranked",
                message(() -> request(null, null).checkPage(Integer.MAX_VALUE, Integer.MAX_VALUE)));
    }

    @Test
    void anotherOrderIsRefused() {
        request(null, null).checkLacks("sort", false);
        assertEquals(
                "[encore] orders the whole search by score: leave [sort] out",
                message(() -> request(null, null).checkLacks("sort", true)));
    }

    @Test
    void whatIsMissingIsFilledInAndWhatIsThereStays() {
        RerankRequest filled = request(null, null).identified(() -> 7);
        assertEquals(7, filled.search().now());
        assertTrue(filled.search().requestId().length() >= 16);
        assertEquals(3, request(null, 3L).identified(() -> 7).search().now());
        RerankRequest whole = request("r1", 3L);
        assertSame(whole, whole.identified(() -> { throw new AssertionError("nobody asks for the time"); }));
    }

    @Test
    void theRankerLearnsThatItIsTheWholeSearch() {
        SearchIdentity identity = request("r1", 3L).identity(indices());
        assertEquals(
                new SearchIdentity(
                        "r1", "晴天", "u1", Map.of(), "calm", 3, "videos-1", "g1", 0, SearchIdentity.Stage.GLOBAL),
                identity);
    }

    @Test
    void theTimeIsTheIndicesOwn() {
        assertEquals(95, indices().now(new CatalogueClock(() -> 100)));
        SearchedIndices two = indices();
        two.add("videos-2", new IndexMeta.Videos(0, "g1", true));
        assertEquals(
                "[encore] needs [now]: the clocks of indices [videos-1] and [videos-2] differ, [-5] and [0] ms ahead",
                message(() -> two.now(new CatalogueClock(() -> 100))));
    }

    @Test
    void oneCallRanksOneGeneration() {
        assertEquals(
                "[encore] ranks videos of one generation: indices [videos-1] and [videos-2] have [g1] and [g2]; search one of"
                        + " them",
                message(() -> indices().add("videos-2", new IndexMeta.Videos(0, "g2", true))));
        assertEquals(
                "[encore] needs the keyword field [video_id] with doc values, which index [other] lacks",
                message(() -> indices().add("other", new IndexMeta.Videos(0, "g1", false))));
        SearchedIndices none = new SearchedIndices("encore");
        assertEquals("", none.name());
        assertEquals("", none.generation());
    }
}
