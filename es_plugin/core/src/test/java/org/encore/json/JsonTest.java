package org.encore.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @Test
    void readsEveryKindOfValue() {
        Object value = JsonReader.parse(" {\"a\" : [1, -2.5, 1e3, true, false, null], \"b\":{\"歌\":\"晴\\u5929\\n\"}} ");
        Map<String, Object> expected = new LinkedHashMap<>();
        expected.put("a", Arrays.asList(1L, -2.5, 1000.0, true, false, null));
        expected.put("b", Map.of("歌", "晴天\n"));
        assertEquals(expected, value);
    }

    @Test
    void keepsTheOrderOfKeys() {
        assertEquals(
                List.of("z", "a", "m"),
                List.copyOf(((Map<?, ?>) JsonReader.parse("{\"z\":1,\"a\":2,\"m\":3}")).keySet()).stream().toList());
    }

    @Test
    void integersThatDoNotFitBecomeDoubles() {
        assertEquals(123456789012345678L, JsonReader.parse("123456789012345678"));
        assertEquals(1e30, JsonReader.parse("1000000000000000000000000000000"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", " ", "{", "[1", "[1,]", "{\"a\":1,}", "{a:1}", "01", "1.", ".5", "+1", "1e", "nul", "tru", "\"a", "\"\\x\"",
                "\"\\u12g4\"", "\"\\u12", "\"\\", "\"\u0001\"", "\"\\n\u0001\"", "1 2", "{\"a\":1}{", "NaN", "Infinity", "1e999", "{\"a\":1,\"a\":2}"
            })
    void refusesWhatIsNoJson(String text) {
        assertThrows(JsonException.class, () -> JsonReader.parse(text));
    }

    @Test
    void saysWhereTheTextIsWrong() {
        assertEquals(
                "expected a value at [4]",
                assertThrows(JsonException.class, () -> JsonReader.parse("[1, x]")).getMessage());
        assertEquals(
                "key [a] is repeated at [11]",
                assertThrows(JsonException.class, () -> JsonReader.parse("{\"a\":1,\"a\":2}")).getMessage());
    }

    @Test
    void boundsTheDepth() {
        String deepest = "[".repeat(JsonReader.MAX_DEPTH + 1) + "]".repeat(JsonReader.MAX_DEPTH + 1);
        assertEquals(deepest, JsonWriter.write(JsonReader.parse(deepest)));
        String deeper = "[" + deepest + "]";
        assertEquals(
                "nested deeper than [32] at [33]",
                assertThrows(JsonException.class, () -> JsonReader.parse(deeper)).getMessage());
        assertThrows(JsonException.class, () -> JsonReader.parse("[".repeat(1_000_000)));
    }

    @Test
    void givesValuesAsTheyStand() {
        JsonReader reader = new JsonReader("[ {\"a\": 1.50} , \"x\\\"y\",2 ]");
        reader.expect('[');
        assertEquals("{\"a\": 1.50}", reader.rawValue());
        assertTrue(reader.take(','));
        assertEquals("\"x\\\"y\"", reader.rawValue());
        assertTrue(reader.take(','));
        assertEquals("2", reader.rawValue());
        assertFalse(reader.take(','));
        reader.expect(']');
        reader.end();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "晴天|\"晴天\"",
                "a\"b\\c|\"a\\\"b\\\\c\"",
                "a\tb|\"a\\u0009b\"",
                "\uD83C\uDFB5|\"\uD83C\uDFB5\"",
                "x\uD83C|\"x\\ud83c\"",
                "\uDFB5x|\"\\udfb5x\""
            })
    void writesStringsThatAlwaysEncode(String text, String json) {
        assertEquals(json, JsonWriter.write(text));
        assertEquals(text, JsonReader.parse(json));
    }

    @Test
    void writesWhatItReads() {
        String json = "{\"a\":[1,-2.5,true,false,null,{}],\"b\":{\"c\":[]},\"d\":\"\"}";
        assertEquals(json, JsonWriter.write(JsonReader.parse(json)));
        assertEquals("[1,2,1.5]", JsonWriter.write(List.of(1, (short) 2, 1.5f)));
        assertNull(JsonReader.parse("null"));
    }

    @Test
    void refusesValuesWithoutAForm() {
        assertEquals(
                "number [NaN] has no JSON form",
                assertThrows(JsonException.class, () -> JsonWriter.write(Double.NaN)).getMessage());
        assertThrows(JsonException.class, () -> JsonWriter.write(Float.POSITIVE_INFINITY));
        assertEquals(
                "a Object has no JSON form",
                assertThrows(JsonException.class, () -> JsonWriter.write(new Object())).getMessage());
    }
}
