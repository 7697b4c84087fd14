package org.encore.proximity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.List;
import org.apache.lucene.util.BytesRef;
import org.junit.jupiter.api.Test;

class SlotReaderTest {
    private static List<Slot> read(String text) throws IOException {
        return SlotReader.read(new MarkedWords(), "title", text, 5);
    }

    @Test
    void eachWordIsASlotInOrder() throws IOException {
        assertEquals(List.of(Slot.of("周杰伦"), Slot.of("晴天")), read("周杰伦 晴天"));
    }

    @Test
    void termsAtOnePositionAreOneSlot() throws IOException {
        assertEquals(List.of(Slot.of("中华", "中华人民"), Slot.of("歌")), read("中华 +中华人民 歌"));
    }

    @Test
    void aRepeatedWordWeighsMoreAtItsFirstPlace() throws IOException {
        assertEquals(
                List.of(new Slot(List.of(new BytesRef("爱")), 3), Slot.of("你")), read("爱 你 爱 爱"));
    }

    @Test
    void gapsOfTheQueryDontMatter() throws IOException {
        assertEquals(read("周杰伦 晴天"), read("周杰伦 _ _ 晴天"));
    }

    @Test
    void noWordsGiveNoSlots() throws IOException {
        assertEquals(List.of(), read("  _ "));
    }

    @Test
    void moreThanTheMaximumIsRefused() throws IOException {
        assertEquals(5, read("a b c d e").size());
        SlotReader.TooManyTermsException refused =
                assertThrows(SlotReader.TooManyTermsException.class, () -> read("a b c d e f"));
        assertEquals("a proximity query takes at most [5] terms: shorten its text", refused.getMessage());
    }

    @Test
    void slotsAreValues() {
        assertEquals(Slot.of("b", "a", "a"), Slot.of("a", "b"));
        assertEquals("a|b", Slot.of("b", "a").toString());
        assertEquals("爱×2", new Slot(List.of(new BytesRef("爱")), 2).toString());
        assertThrows(IllegalArgumentException.class, Slot::of);
        assertThrows(IllegalArgumentException.class, () -> new Slot(List.of(new BytesRef("a")), 0));
    }
}
