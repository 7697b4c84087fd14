package org.encore.rank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AddressOrderTest {
    private static List<Endpoint> endpoints(int... ports) {
        return IntStream.of(ports)
                .mapToObj(port -> new Endpoint(URI.create("http://127.0.0.1:" + port), new CircuitBreaker(1, 1, () -> 0)))
                .toList();
    }

    private static String first(String id, List<Endpoint> endpoints) {
        return AddressOrder.of(id, endpoints).get(0).address().toString();
    }

    @Test
    void theSameIdHasTheSameOrderHoweverTheListIs() {
        for (int i = 0; i < 100; i++) {
            assertEquals(first("id" + i, endpoints(1, 2, 3)), first("id" + i, endpoints(3, 1, 2)));
        }
    }

    @Test
    void idsSpreadEvenly() {
        Map<String, Integer> counts = new HashMap<>();
        List<Endpoint> three = endpoints(8400, 8401, 8402);
        for (int i = 0; i < 3_000; i++) {
            counts.merge(first("request-" + i, three), 1, Integer::sum);
        }
        // 1,000 each; four standard deviations of a fair draw are 4 · √(3000 · ⅓ · ⅔) ≈ 103.
        counts.values().forEach(count -> assertTrue(Math.abs(count - 1_000) < 103, counts::toString));
        assertEquals(3, counts.size());
    }

    @Test
    void anAddressThatLeavesMovesItsOwnIdsOnly() {
        for (int i = 0; i < 500; i++) {
            String before = first("id" + i, endpoints(1, 2, 3));
            String after = first("id" + i, endpoints(1, 2));
            if (!before.endsWith(":3")) {
                assertEquals(before, after);
            }
        }
    }

    @Test
    void theNextAddressIsNotTheSameForAllIdsOfOne() {
        long toTwo = IntStream.range(0, 600)
                .mapToObj(i -> AddressOrder.of("id" + i, endpoints(1, 2, 3)))
                .filter(order -> order.get(0).address().getPort() == 1)
                .filter(order -> order.get(1).address().getPort() == 2)
                .count();
        assertTrue(toTwo > 50 && toTwo < 150, "about 100: " + toTwo);
    }

    @Test
    void noneAndOneAreAsTheyAre() {
        assertEquals(List.of(), AddressOrder.of("x", List.of()));
        assertEquals(1, AddressOrder.of("x", endpoints(9)).size());
    }
}
