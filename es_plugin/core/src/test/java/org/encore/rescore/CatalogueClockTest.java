package org.encore.rescore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.junit.jupiter.api.Test;

class CatalogueClockTest {
    private final CatalogueClock clock = new CatalogueClock(() -> 1_000);
    private final CatalogueClock.Search search = new CatalogueClock.Search();
    private int reads;

    @Test
    void noIndexIsTheWallClock() {
        assertEquals(1_000, clock.now(search));
    }

    @Test
    void clocksThatAgreeAreOne() {
        search.add("a", -300);
        search.add("b", -300);
        assertEquals(700, clock.now(search));
    }

    @Test
    void clocksThatDisagreeAreNone() {
        search.add("a", 0);
        assertEquals(
                "[fine_rank] needs [now]: the clocks of indices [a] and [b] differ, [0] and [5] ms ahead",
                assertThrows(IllegalArgumentException.class, () -> search.add("b", 5)).getMessage());
    }

    @Test
    void theMetaIsReadOncePerVersion() {
        IndexMeta meta = new IndexMeta();
        IndexMeta.Version first = new IndexMeta.Version("a", "uuid", 1);
        for (int i = 0; i < 2; i++) {
            assertEquals(5, meta.clockOffsetMillis(first, () -> {
                reads++;
                return Map.of("_meta", Map.of("clock_offset_ms", 5));
            }));
        }
        assertEquals(1, reads);
        assertEquals(
                6L << 32,
                meta.clockOffsetMillis(
                        new IndexMeta.Version("a", "uuid", 2), () -> Map.of("_meta", Map.of("clock_offset_ms", 6L << 32))));
    }

    @Test
    void anIndexThatSaysNothingHasTheWallClock() {
        IndexMeta meta = new IndexMeta();
        assertEquals(0, meta.clockOffsetMillis(new IndexMeta.Version("a", "u1", 1), () -> null));
        assertEquals(0, meta.clockOffsetMillis(new IndexMeta.Version("a", "u2", 1), Map::of));
        assertEquals(0, meta.clockOffsetMillis(new IndexMeta.Version("a", "u3", 1), () -> Map.of("_meta", Map.of())));
    }

    @Test
    void anOffsetThatIsNoneIsRefused() {
        assertEquals(
                "[_meta.clock_offset_ms] [soon] of index [a] is no integer",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new IndexMeta()
                                        .clockOffsetMillis(
                                                new IndexMeta.Version("a", "u", 1),
                                                () -> Map.of("_meta", Map.of("clock_offset_ms", "soon"))))
                        .getMessage());
    }

    @Test
    void theGenerationIsNamedOrTheIndexs() {
        assertEquals("g7", IndexMeta.generation(Map.of("generation", "g7"), "a"));
        assertEquals("a", IndexMeta.generation(Map.of(), "a"));
        assertEquals("a", IndexMeta.generation(null, "a"));
    }
}
