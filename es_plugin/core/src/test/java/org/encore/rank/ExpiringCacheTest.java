package org.encore.rank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class ExpiringCacheTest {
    private long now;
    private final ExpiringCache<String, String> cache = new ExpiringCache<>(3, 10, 100, String::length, () -> now);

    @Test
    void keepsAndTakes() {
        cache.put("a", "1");
        assertEquals("1", cache.get("a"));
        assertEquals("1", cache.remove("a"));
        assertNull(cache.remove("a"));
        assertNull(cache.get("a"));
    }

    @Test
    void theOldestGoesWhereThereAreTooMany() {
        cache.put("a", "1");
        cache.put("b", "1");
        cache.put("a", "2");
        cache.put("c", "1");
        cache.put("d", "1");
        assertNull(cache.get("b"), "the oldest; a was put again");
        assertEquals("2", cache.get("a"));
        assertEquals(3, cache.size());
    }

    @Test
    void theOldestGoWhereAllWeighTooMuch() {
        cache.put("a", "12345");
        cache.put("b", "12345");
        cache.put("c", "1");
        assertNull(cache.get("a"));
        assertEquals("12345", cache.get("b"));
        cache.remove("b");
        cache.put("d", "123456789");
        assertEquals("1", cache.get("c"), "1 + 9 is the bound");
    }

    @Test
    void aValueThatIsTooHeavyIsNotKept() {
        cache.put("a", "1");
        cache.put("a", "12345678901");
        assertNull(cache.get("a"), "nor is the value before it");
        assertEquals(0, cache.size());
    }

    @Test
    void entriesEndWithTheirTime() {
        cache.put("a", "1");
        now = 100;
        assertEquals("1", cache.get("a"));
        now = 101;
        assertNull(cache.get("a"));
        cache.put("b", "1");
        now = 202;
        assertNull(cache.remove("b"));
        cache.put("c", "1");
        now = 303;
        cache.put("d", "1");
        assertEquals(1, cache.size(), "what is over goes when something comes");
    }
}
