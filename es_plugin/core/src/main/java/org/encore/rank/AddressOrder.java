package org.encore.rank;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Orders addresses for a request: the same id goes to the same address, which remembers its answer.
 *
 * <p>Rendezvous hashing: each pair of id and address has a weight and the heaviest wins, so adding or
 * removing an address moves only the ids that it wins or loses, and the order behind the first spreads an
 * address's ids over all others when it fails. Every node computes the same order.
 */
final class AddressOrder {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private AddressOrder() {}

    /** The addresses, best first for that id. */
    static List<Endpoint> of(String requestId, List<Endpoint> endpoints) {
        if (endpoints.size() < 2) {
            return endpoints;
        }
        List<Endpoint> order = new ArrayList<>(endpoints);
        order.sort(Comparator.comparingLong((Endpoint e) -> weight(requestId, e.address().toString())).reversed());
        return order;
    }

    private static long weight(String requestId, String address) {
        long hash = fnv(fnv(FNV_OFFSET, address), requestId);
        // FNV's last characters reach only the low bits well; a finaliser (of MurmurHash3) spreads them.
        hash = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
        hash = (hash ^ hash >>> 33) * 0xc4ceb9fe1a85ec53L;
        return hash ^ hash >>> 33;
    }

    private static long fnv(long hash, String text) {
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * FNV_PRIME;
        }
        return hash;
    }
}
