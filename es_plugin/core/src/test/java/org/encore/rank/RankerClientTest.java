package org.encore.rank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the client sends, and what it gives back where all goes well. */
class RankerClientTest extends RankerClientHarness {
    @Test
    void aGoodAnswerComesBackAndTheConnectionStays() throws Exception {
        RawServer server = server((socket, body, number) -> good(socket, body));
        RankerClient client = client(SECOND, server.address());
        for (int i = 0; i < 5; i++) {
            WireResponse response = score(client);
            assertEquals(2, response.count());
            assertEquals(3.5f, response.score(1));
        }
        assertEquals(1, server.connections.get());
        String head = server.heads.get(0);
        assertTrue(head.startsWith("POST /v1/score HTTP/1.1\r\n"), head);
        assertTrue(head.contains("Content-Type: application/vnd.encore.score.v1+binary\r\n"), head);
        assertTrue(head.contains("Accept: application/vnd.encore.score.v1+binary\r\n"), head);
        assertTrue(head.matches("(?s).*X-Encore-Deadline-Ms: (9\\d\\d|1000)\r\n.*"), head);
        assertFalse(head.contains("Authorization"), head);
        assertEquals(0, client.inFlight());
    }

    @Test
    void theTokenGoesAlong() throws Exception {
        RawServer server = server((socket, body, number) -> good(socket, body));
        RankerOptions options =
                new RankerOptions(List.of(server.address()), SECOND, 1, 3, PROBE, 65536, "s3cret");
        score(client(options));
        assertTrue(server.heads.get(0).contains("Authorization: Bearer s3cret\r\n"));
        assertFalse(options.toString().contains("s3cret"), options.toString());
    }

    @Test
    void aRequestTooLargeForTheWireIsNotSent() throws Exception {
        RawServer server = server((socket, body, number) -> good(socket, body));
        RankerClient client = client(SECOND, server.address());
        String[] ids = new String[1_001];
        Arrays.fill(ids, "v");
        RankFailure failure = assertThrows(
                RankFailure.class, () -> client.score(Wires.request("r1", ids), Deadline.NONE, () -> {}));
        assertEquals(FallbackCause.BAD_REQUEST, failure.fallbackCause());
        assertEquals(0, server.requests.get());
    }

    @Test
    void otherOptionsTakeEffectAndKnownAddressesKeepTheirCircuit() throws Exception {
        RawServer server = server((socket, body, number) -> good(socket, body));
        URI dead = nobody();
        RankerClient client = client(SECOND, dead);
        for (int i = 0; i < 3; i++) {
            failure(client);
        }
        client.configure(options(2 * SECOND, dead, server.address()));
        assertEquals(CircuitBreaker.State.OPEN, client.breakers().get(dead.toString()).state());
        assertEquals(2 * SECOND, client.options().timeoutNanos());
        assertEquals(2, score(client).count());
        client.configure(options(SECOND, server.address()));
        assertEquals(List.of(server.address().toString()), List.copyOf(client.breakers().keySet()));
    }
}
