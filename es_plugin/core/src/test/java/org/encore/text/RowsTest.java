package org.encore.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowsTest {
    @Test
    void escapesAreUndone() {
        assertEquals("a\tb\n\\\0\uFEFFc", Rows.unescape("a\\tb\\n\\\\\\u0000\\ufeffc"));
    }

    @Test
    void rowsEndAtLineFeedsOnly() {
        List<String> fields = new ArrayList<>();
        Rows.read("x.tsv", utf8("a\r\tb\u2028\nc\t\n"), 2, row -> fields.addAll(List.of(row)));
        assertEquals(List.of("a\r", "b\u2028", "c", ""), fields);
    }

    @Test
    void wrongNumberOfFieldsIsRefused() {
        DictionaryException refused = assertThrows(
                DictionaryException.class, () -> Rows.read("x.tsv", utf8("a\tb\nc\n"), 2, row -> { }));
        assertEquals(
                "x.tsv line 2 has [1] fields instead of 2; export the dictionary again", refused.getMessage());
    }

    @Test
    void unknownEscapeIsRefused() {
        DictionaryException refused = assertThrows(DictionaryException.class, () -> Rows.unescape("\\x"));
        assertEquals("unknown escape [\\x] in a dictionary row; export the dictionary again", refused.getMessage());
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
