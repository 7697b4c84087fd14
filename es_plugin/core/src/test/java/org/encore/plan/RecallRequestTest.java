package org.encore.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RecallRequestTest {
    private static String refusal(String text, String user, Map<String, Object> context) {
        return assertThrows(
                        IllegalArgumentException.class, () -> new RecallRequest(text, user, context, Route.all()))
                .getMessage();
    }

    @Test
    void whatIsWrongIsNamed() {
        assertEquals("[encore] needs [text]: the words that are searched for", refusal(null, null, Map.of()));
        assertEquals("[encore] [text] [ ] is blank: say what is searched for", refusal(" ", null, Map.of()));
        assertEquals(
                "[encore] [text] of [513] characters exceeds the limit of [512]", refusal("𠮷".repeat(513), null, Map.of()));
        assertEquals("[encore] [user] [] is empty: leave it out", refusal("a", "", Map.of()));
        assertEquals(
                "[encore] [user] of [257] characters exceeds the limit of [256]", refusal("a", "u".repeat(257), Map.of()));
        assertEquals(
                "[encore] [context] of [4097] characters exceeds the limit of [4096]",
                refusal("a", null, Map.of("a", "x".repeat(4_089))));
    }

    @Test
    void theLimitsThemselvesAreTaken() {
        RecallRequest most = new RecallRequest("𠮷".repeat(512), "u".repeat(256), Map.of("a", "x".repeat(4_088)), Route.all());
        assertEquals(List.of("text", "entity", "vector"), most.routeNames());
    }

    @Test
    void routesAreNamed() {
        assertEquals(EnumSet.of(Route.TEXT, Route.VECTOR), Route.named(List.of("vector", "text")));
        assertTrue(new RecallRequest("a", null, Map.of(), Set.of(Route.ENTITY)).needsPlan());
        assertTrue(new RecallRequest("a", null, Map.of(), Set.of(Route.TEXT, Route.VECTOR)).needsPlan());
        assertFalse(new RecallRequest("a", null, Map.of(), Set.of(Route.TEXT)).needsPlan());
        assertEquals(
                "[encore] [routes] does not know [words]: it takes [text, entity, vector]",
                assertThrows(IllegalArgumentException.class, () -> Route.named(List.of("words")))
                        .getMessage());
    }
}
