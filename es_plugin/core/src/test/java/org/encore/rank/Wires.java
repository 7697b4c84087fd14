package org.encore.rank;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Messages of the wire for tests. */
final class Wires {
    private Wires() {}

    static SearchIdentity identity(String requestId) {
        return new SearchIdentity(requestId, "晴天", "u1", Map.of(), null, 1_700_000_000_000L, "videos-1", "g1", 0);
    }

    static WireRequest request(String requestId, String... ids) {
        Candidates candidates = new Candidates(ids.length);
        float score = ids.length;
        for (String id : ids) {
            byte[] bytes = id.getBytes(StandardCharsets.UTF_8);
            candidates.add(bytes, 0, bytes.length, score--);
        }
        return new WireRequest(identity(requestId), candidates, false);
    }

    static String meta(String requestId) {
        return "{\"request_id\":\"" + requestId + "\",\"versions\":{\"mmoe\":\"1\"},\"generation\":\"g1\",\"marks\":[\"scored\"]}";
    }

    /** An answer written by hand, as wrong as its parts. */
    static byte[] answer(String meta, int flags, int[] tiers, double[] places) {
        byte[] json = meta.getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(16 + json.length + tiers.length + 8 * places.length)
                .order(ByteOrder.LITTLE_ENDIAN);
        out.put("ENCR".getBytes(StandardCharsets.US_ASCII)).putShort((short) 1).putShort((short) flags);
        out.putInt(tiers.length).putInt(json.length).put(json);
        for (int tier : tiers) {
            out.put((byte) tier);
        }
        for (double place : places) {
            out.putDouble(place);
        }
        return out.array();
    }

    /** The answer to a request of {@code count} candidates: tier 2, u = 0, 1/n, 2/n… */
    static byte[] goodAnswer(String requestId, int count) {
        int[] tiers = new int[count];
        double[] places = new double[count];
        for (int i = 0; i < count; i++) {
            tiers[i] = 2;
            places[i] = (double) i / count;
        }
        return answer(meta(requestId), 0, tiers, places);
    }

    /** The meta of an encoded request. */
    static String metaOf(byte[] request) {
        int length = ByteBuffer.wrap(request).order(ByteOrder.LITTLE_ENDIAN).getInt(12);
        return new String(request, 20, length, StandardCharsets.UTF_8);
    }

    /** The number of candidates of an encoded request. */
    static int countOf(byte[] request) {
        return ByteBuffer.wrap(request).order(ByteOrder.LITTLE_ENDIAN).getInt(8);
    }
}
