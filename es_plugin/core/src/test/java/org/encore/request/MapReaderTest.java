package org.encore.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MapReaderTest {
    private static MapReader at(Object value) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("field", value);
        MapReader reader = new MapReader("owner", object);
        assertTrue(reader.nextField());
        assertEquals("field", reader.name());
        return reader;
    }

    private static String refusal(Object value, Read read) {
        return assertThrows(RequestException.class, () -> read.from(at(value))).getMessage();
    }

    @FunctionalInterface
    private interface Read {
        Object from(MapReader reader) throws IOException;
    }

    @Test
    void valuesAreReadByTheirKind() throws Exception {
        assertEquals("晴天", at("晴天").string());
        assertEquals(7, at(7).integer());
        assertEquals(1L << 40, at(1L << 40).integer());
        assertEquals(1.5f, at(1.5).number());
        assertEquals(2f, at(2).number());
        assertTrue(at(true).flag());
        assertEquals(Map.of("a", List.of(1L)), at(Map.of("a", List.of(1))).object(), "in the form of JSON");
    }

    @Test
    void whatIsOfAnotherKindIsNamed() {
        assertEquals("[owner] [field] must be a string, got [7]", refusal(7, RequestReader::string));
        assertEquals("[owner] [field] must be a string, got [null]", refusal(null, RequestReader::string));
        assertEquals("[owner] [field] must be an integer, got [1.5]", refusal(1.5, RequestReader::integer));
        assertEquals("[owner] [field] must be an object, got [an array]", refusal(List.of(), RequestReader::object));
        assertEquals("[owner] [field] must be true or false, got [yes]", refusal("yes", RequestReader::flag));
    }

    @Test
    void anObjectEnds() {
        assertFalse(new MapReader("owner", Map.of()).nextField());
    }
}
