package org.encore.rerank;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.lucene.search.Explanation;
import org.encore.rank.FallbackCause;
import org.encore.rank.WireException;
import org.encore.rank.WireResponse;
import org.junit.jupiter.api.Test;

class GlobalOrderTest {
    static WireResponse answer(int[] tiers, double... places) throws WireException {
        byte[] meta = "{\"request_id\":\"r1\",\"versions\":{},\"generation\":\"g\",\"marks\":[\"scored\"]}"
                .getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(16 + meta.length + 9 * tiers.length).order(ByteOrder.LITTLE_ENDIAN);
        out.put("ENCR".getBytes(StandardCharsets.US_ASCII)).putShort((short) 1).putShort((short) 0);
        out.putInt(tiers.length).putInt(meta.length).put(meta);
        for (int tier : tiers) {
            out.put((byte) tier);
        }
        for (double place : places) {
            out.putDouble(place);
        }
        return WireResponse.decode(out.array(), tiers.length, "r1");
    }

    static GlobalWindow window(float... scores) {
        GlobalWindow window = new GlobalWindow(scores.length);
        for (int i = 0; i < scores.length; i++) {
            window.add("v" + i, scores[i]);
        }
        return window;
    }

    private static int[] places(GlobalOrder order) {
        return IntStream.range(0, order.count()).map(order::place).toArray();
    }

    @Test
    void theRankersScoresOrderTheWindow() throws Exception {
        GlobalOrder order = GlobalOrder.fine(window(9, 8, 7), answer(new int[] {0, 3, 2}, 0.25, 0.5, 0.5));
        assertArrayEquals(new int[] {1, 2, 0}, places(order));
        assertEquals(1.25f, order.score(0)); // 1 + 0 + 0.25
        assertEquals(4.5f, order.score(1)); // 1 + 3 + 0.5
        assertEquals(3.5f, order.score(2)); // 1 + 2 + 0.5
        assertTrue(order.isRanked());
        assertEquals(Map.of("rank", "fine", "mark", "scored"), order.mark(1));
    }

    @Test
    void tiesKeepTheWindowsOrder() throws Exception {
        GlobalOrder order = GlobalOrder.fine(window(3, 3, 2, 1), answer(new int[] {1, 1, 1, 1}, 0.5, 0.5, 0.5, 0.5));
        assertArrayEquals(new int[] {0, 1, 2, 3}, places(order));
        assertArrayEquals(new int[] {0, 1, 2}, places(GlobalOrder.coarse(window(5, 5, 5), FallbackCause.TIMEOUT)));
    }

    @Test
    void aHitWithoutAnIdComesAfterTheRankedOnesOnTheCoarseScale() throws Exception {
        GlobalWindow window = new GlobalWindow(3);
        window.add(null, 1000);
        window.add("v1", 3);
        window.add("v2", 1);
        GlobalOrder order = GlobalOrder.fine(window, answer(new int[] {0, 0}, 0, 0.5));
        assertArrayEquals(new int[] {2, 1, 0}, places(order));
        assertEquals(1000f / 1001, order.score(0), 1e-6f);
        assertTrue(order.score(0) < 1);
        assertEquals(Map.of("rank", "coarse"), order.mark(0), "nothing failed");
        assertFalse(order.isFine(0));
    }

    @Test
    void aWindowThatFellBackIsOnTheCoarseScaleInItsOwnOrder() {
        GlobalOrder order = GlobalOrder.coarse(window(3, 1, 0, -4), FallbackCause.TIMEOUT);
        assertArrayEquals(new int[] {0, 1, 2, 3}, places(order));
        assertEquals(0.75f, order.score(0)); // 3 / (1 + 3)
        assertEquals(0.5f, order.score(1)); // 1 / (1 + 1)
        assertEquals(0f, order.score(2));
        assertEquals(0f, order.score(3), "below 0 counts as 0");
        assertFalse(order.isRanked());
        assertEquals(Map.of("rank", "coarse", "cause", "timeout"), order.mark(0));
    }

    @Test
    void aLeastScoreCutsTheTail() throws Exception {
        GlobalOrder order = GlobalOrder.fine(window(9, 8, 7), answer(new int[] {0, 3, 2}, 0.25, 0.5, 0.5));
        assertEquals(3, order.atLeast(1));
        assertEquals(2, order.atLeast(3.5f));
        assertEquals(0, order.atLeast(5));
    }

    @Test
    void scoresAreExplainedFromTheFirstPass() throws Exception {
        GlobalOrder fine = GlobalOrder.fine(window(9), answer(new int[] {2}, 0.5));
        Explanation explained = fine.explain(0, Explanation.match(9f, "first pass"));
        assertEquals(3.5f, explained.getValue());
        assertEquals("1 + tier + u, finely ranked, sum of:", explained.getDescription());
        GlobalOrder coarse = GlobalOrder.coarse(window(9), FallbackCause.OVERLOADED);
        Explanation fellBack = coarse.explain(0, Explanation.match(3f, "first pass"));
        assertEquals(0.75f, fellBack.getValue());
        assertEquals(
                "s / (1 + s), not finely ranked because of [overloaded], s is the coarse score (below 0 counts as 0):",
                fellBack.getDescription());
        assertFalse(coarse.explain(0, Explanation.noMatch("no")).isMatch());
    }

    @Test
    void anEmptyWindowHasAnEmptyOrder() {
        assertEquals(0, GlobalOrder.coarse(window(), null).count());
    }
}
