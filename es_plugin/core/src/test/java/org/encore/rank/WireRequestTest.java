package org.encore.rank;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.encore.json.JsonReader;
import org.junit.jupiter.api.Test;

class WireRequestTest {
    @Test
    void everyFieldHasItsPlace() throws WireException {
        byte[] bytes = Wires.request("r1", "BV1", "歌").encode();
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        byte[] magic = new byte[4];
        in.get(magic);
        assertEquals("ENCQ", new String(magic, StandardCharsets.US_ASCII));
        assertEquals(1, in.getShort());
        assertEquals(0, in.getShort());
        assertEquals(2, in.getInt());
        int metaBytes = in.getInt();
        assertEquals(6, in.getInt());
        byte[] meta = new byte[metaBytes];
        in.get(meta);
        assertEquals(
                "{\"request_id\":\"r1\",\"query\":\"晴天\",\"user\":\"u1\",\"now\":1700000000000,"
                        + "\"index\":\"videos-1\",\"generation\":\"g1\",\"shard\":0}",
                new String(meta, StandardCharsets.UTF_8));
        assertEquals(2f, in.getFloat());
        assertEquals(1f, in.getFloat());
        assertEquals(3, in.getInt());
        assertEquals(6, in.getInt());
        byte[] ids = new byte[6];
        in.get(ids);
        assertEquals("BV1歌", new String(ids, StandardCharsets.UTF_8));
        assertEquals(0, in.remaining());
    }

    @Test
    void explainIsBitZeroOfTheFlags() throws WireException {
        WireRequest request = new WireRequest(Wires.identity("r"), new Candidates(0), true);
        assertEquals(1, ByteBuffer.wrap(request.encode()).order(ByteOrder.LITTLE_ENDIAN).getShort(6));
    }

    @Test
    void whatIsMissingIsLeftOut() {
        SearchIdentity identity = new SearchIdentity("r", "q", null, Map.of(), null, 5, "i", "g", 3);
        assertEquals(
                Map.of("request_id", "r", "query", "q", "now", 5L, "index", "i", "generation", "g", "shard", 3L),
                JsonReader.parse(identity.toJson()));
        SearchIdentity full =
                new SearchIdentity("r", "q", "u", Map.of("device", "phone"), "c", 5, "i", "g", 3);
        assertEquals(
                Map.of("device", "phone"), ((Map<?, ?>) JsonReader.parse(full.toJson())).get("context"));
        assertEquals("c", ((Map<?, ?>) JsonReader.parse(full.toJson())).get("config"));
    }

    @Test
    void idsGrowBeyondTheUsualLength() throws WireException {
        String[] ids = new String[100];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = "a-rather-long-video-id-".repeat(3) + i;
        }
        byte[] bytes = Wires.request("r", ids).encode();
        byte[] block = String.join("", ids).getBytes(StandardCharsets.UTF_8);
        byte[] tail = Arrays.copyOfRange(bytes, bytes.length - block.length, bytes.length);
        assertArrayEquals(block, tail);
    }

    @Test
    void scoresThatAreNoNumbersTravelAsNumbers() {
        Candidates candidates = new Candidates(4);
        byte[] id = {'v'};
        candidates.add(id, 0, 1, Float.NaN);
        candidates.add(id, 0, 1, Float.POSITIVE_INFINITY);
        candidates.add(id, 0, 1, Float.NEGATIVE_INFINITY);
        candidates.add(id, 0, 1, -1.5f);
        assertEquals(0f, candidates.score(0));
        assertEquals(Float.MAX_VALUE, candidates.score(1));
        assertEquals(-Float.MAX_VALUE, candidates.score(2));
        assertEquals(-1.5f, candidates.score(3));
    }

    @Test
    void refusesMoreThanTheWireTakes() {
        String[] many = new String[Wire.MAX_CANDIDATES + 1];
        Arrays.fill(many, "v");
        assertEquals(
                "[1001] candidates exceed the limit of [1000]",
                assertThrows(WireException.class, () -> Wires.request("r", many).encode()).getMessage());
        String[] heavy = new String[1_000];
        Arrays.fill(heavy, "v".repeat(1_100));
        WireException e = assertThrows(WireException.class, () -> Wires.request("r", heavy).encode());
        assertEquals(
                "a request of [" + (20 + Wires.identity("r").toJson().getBytes(StandardCharsets.UTF_8).length + 8_000 + 1_100_000)
                        + "] bytes exceeds the limit of [1048576]",
                e.getMessage());
    }
}
