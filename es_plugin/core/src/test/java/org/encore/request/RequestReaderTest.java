package org.encore.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.ThrowingSupplier;

class RequestReaderTest {
    private static RequestReader at(String value) throws IOException {
        ListedFields reader = new ListedFields("thing", "{\"a\": " + value + "}");
        assertTrue(reader.nextField());
        return reader;
    }

    private static String refusal(ThrowingSupplier<?> read) {
        return assertThrows(RequestException.class, read::get).getMessage();
    }

    @Test
    void readsEachKind() throws IOException {
        assertEquals("歌", at("\"歌\"").string());
        assertEquals(1.5f, at("1.5").number());
        assertEquals(7, at("7").integer());
        assertTrue(at("true").flag());
        assertEquals(Map.of("b", Arrays.asList(1L, null)), at("{\"b\": [1, null]}").object());
        assertFalse(new ListedFields("thing", "{}").nextField());
    }

    @Test
    void refusesOtherKindsByTheirValue() {
        assertEquals("[thing] [a] must be a string, got [7]", refusal(() -> at("7").string()));
        assertEquals("[thing] [a] must be a string, got [null]", refusal(() -> at("null").string()));
        assertEquals("[thing] [a] must be a string, got [an array]", refusal(() -> at("[]").string()));
        assertEquals("[thing] [a] must be a number, got [an object]", refusal(() -> at("{}").number()));
        assertEquals("[thing] [a] must be a finite number, got [1.0E99]", refusal(() -> at("1e99").number()));
        assertEquals("[thing] [a] must be an integer, got [1.5]", refusal(() -> at("1.5").integer()));
        assertEquals("[thing] [a] must be an integer, got [x]", refusal(() -> at("\"x\"").integer()));
        assertEquals("[thing] [a] must be true or false, got [true]", refusal(() -> at("\"true\"").flag()));
        assertEquals("[thing] [a] must be an object, got [false]", refusal(() -> at("false").object()));
    }

    @Test
    void aLongValueIsShownInPart() throws IOException {
        String song = "🎵"; // One character of two units.
        assertEquals(song.repeat(128) + "…", at("\"" + song.repeat(129) + "\"").shown());
        assertEquals(song.repeat(128), at("\"" + song.repeat(128) + "\"").shown());
    }

    @Test
    void saysWhere() {
        ListedFields reader = new ListedFields("thing", "{\"a\": 1, \"b\": 2}");
        reader.nextField();
        reader.nextField();
        RequestException here = reader.refused("wrong");
        assertEquals("[thing] wrong", here.getMessage());
        assertEquals(1, here.line());
        assertEquals(2, here.column());
        assertEquals(9, reader.refused(new Place(9, 4), "wrong").line());
    }
}
