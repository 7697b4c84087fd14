package org.encore.rank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The guard of HTTP itself: whatever form a proper answer has is read, whatever else comes is refused in bounds. */
class RankerClientHttpTest extends RankerClientHarness {
    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    private static void chunk(Socket socket, String extension, byte[] bytes, int from, int to) throws IOException {
        send(socket, Integer.toHexString(to - from) + extension + "\r\n");
        socket.getOutputStream().write(bytes, from, to - from);
        send(socket, "\r\n");
    }

    private static final byte[] ANSWER = Wires.goodAnswer("r1", 2);

    @Test
    void aChunkedAnswerIsReadAndTheConnectionStays() throws Exception {
        RawServer server = server((socket, body, number) -> {
            send(socket, "HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n");
            chunk(socket, "", ANSWER, 0, 1);
            chunk(socket, ";name=value", ANSWER, 1, 40);
            chunk(socket, "  ", ANSWER, 40, ANSWER.length);
            send(socket, "0\r\nTrailer: of no interest\r\n\r\n");
            return true;
        });
        RankerClient client = client(SECOND, server.address());
        for (int i = 0; i < 3; i++) {
            assertEquals(3.5f, score(client).score(1));
        }
        assertEquals(1, server.connections.get());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "-1", "0x5", "ffffffff", "5 5"})
    void aChunkWithoutSizeIsABadResponse(String size) throws Exception {
        RawServer server = server((socket, body, number) -> {
            send(socket, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + size + "\r\n");
            return released.await(20, TimeUnit.SECONDS);
        });
        RankFailure failure = failure(client(10 * SECOND, server.address()));
        assertEquals("ranker [" + server.address() + "/v1/score]: a chunk's size [" + size + "] is none", failure.getMessage());
        assertEquals(FallbackCause.BAD_RESPONSE, failure.fallbackCause());
    }

    @Test
    void aChunkLongerThanItSaysIsABadResponse() throws Exception {
        RawServer server = server((socket, body, number) -> {
            send(socket, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcdef\r\n");
            return released.await(20, TimeUnit.SECONDS);
        });
        assertEquals(
                "ranker [" + server.address() + "/v1/score]: a chunk of [3] bytes goes on behind its end",
                failure(client(10 * SECOND, server.address())).getMessage());
    }

    @Test
    void goOnAndEarlyHintsArePassedOver() throws Exception {
        RawServer server = server((socket, body, number) -> {
            send(socket, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n");
            return RawServer.ok(socket, ANSWER);
        });
        RankerClient client = client(SECOND, server.address());
        assertEquals(2, score(client).count());
        assertEquals(2, score(client).count());
        assertEquals(1, server.connections.get());
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 101})
    void whatNeverComesToAnAnswerIsABadResponse(int status) throws Exception {
        RawServer server = server((socket, body, number) -> {
            send(socket, ("HTTP/1.1 " + status + " Well\r\n\r\n").repeat(100));
            return released.await(20, TimeUnit.SECONDS);
        });
        assertEquals(
                "ranker [" + server.address() + "/v1/score]: an answer [" + status + "] is not expected here",
                failure(client(10 * SECOND, server.address())).getMessage());
    }

    @Test
    void anAnswerOfSingleBytesIsRead() throws Exception {
        RawServer server = server((socket, body, number) -> {
            socket.setTcpNoDelay(true);
            send(socket, "HTTP/1.1 200 OK\r\nContent-Length: " + ANSWER.length + "\r\n\r\n");
            for (byte one : ANSWER) {
                socket.getOutputStream().write(one);
            }
            return true;
        });
        assertEquals(2, score(client(10 * SECOND, server.address())).count());
    }

    @Test
    void aHeadThatDribblesIsATimeoutAndNotAskedForTwice() throws Exception {
        RawServer server = server((socket, body, number) -> {
            send(socket, "HTTP/1.1 200 OK\r\nX-Sl");
            return released.await(20, TimeUnit.SECONDS);
        });
        assertEquals(FallbackCause.TIMEOUT, failure(client(SECOND / 10, server.address())).fallbackCause());
        assertEquals(1, server.requests.get());
    }

    @Test
    void aHeadWithoutEndIsRefused() throws Exception {
        RawServer server = server((socket, body, number) -> {
            send(socket, "HTTP/1.1 200 OK\r\n");
            for (int i = 0; i < 100; i++) {
                send(socket, "X-" + i + ": " + "y".repeat(1_000) + "\r\n");
            }
            return released.await(20, TimeUnit.SECONDS);
        });
        RankFailure failure = failure(client(10 * SECOND, server.address()));
        assertEquals(FallbackCause.BAD_RESPONSE, failure.fallbackCause());
        assertEquals(
                "ranker [" + server.address() + "/v1/score]: the answer's head exceeds the limit of [16384] bytes",
                failure.getMessage());
    }

    @Test
    void anotherProtocolIsToldAtItsFirstBytes() throws Exception {
        RawServer server = server((socket, body, number) -> {
            send(socket, "SSH-2.0");
            return released.await(20, TimeUnit.SECONDS);
        });
        RankFailure failure = failure(client(10 * SECOND, server.address()));
        assertEquals("ranker [" + server.address() + "/v1/score]: the answer is no HTTP", failure.getMessage());
    }

    @Test
    void anAnswerWithoutLengthGoesOnUntilTheConnectionEnds() throws Exception {
        RawServer server = server((socket, body, number) -> {
            RawServer.write(socket, "HTTP/1.1 200 OK", ANSWER);
            return false;
        });
        RankerClient client = client(SECOND, server.address());
        assertEquals(2, score(client).count());
        assertEquals(2, score(client).count());
        assertEquals(2, server.connections.get());
    }

    @Test
    void aConnectionThatItsPeerEndsIsNotUsedAgain() throws Exception {
        RawServer server = server((socket, body, number) -> {
            RawServer.write(socket, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + ANSWER.length, ANSWER);
            return released.await(20, TimeUnit.SECONDS);
        });
        RankerClient client = client(10 * SECOND, server.address());
        assertEquals(2, score(client).count());
        assertEquals(2, score(client).count());
        assertEquals(2, server.connections.get());
        assertEquals(0L, statistics.toMap().get("retries"));
    }

    @Test
    void whatComesBehindAnAnswerIsNotTheNextOne() throws Exception {
        byte[] twice = Arrays.copyOf(ANSWER, ANSWER.length + 7);
        RawServer server = server((socket, body, number) -> {
            RawServer.write(socket, "HTTP/1.1 200 OK\r\nContent-Length: " + ANSWER.length, twice);
            return true;
        });
        RankerClient client = client(10 * SECOND, server.address());
        assertEquals(2, score(client).count());
        assertEquals(2, score(client).count());
        assertEquals(2, server.connections.get());
    }

    @Test
    void aResetInPlaceOfAnAnswerIsTriedOnceMore() throws Exception {
        AtomicInteger resets = new AtomicInteger();
        RawServer server = server((socket, body, number) -> {
            if (resets.getAndIncrement() == 0) {
                socket.setOption(StandardSocketOptions.SO_LINGER, 0);
                return false;
            }
            return good(socket, body);
        });
        assertEquals(2, score(client(10 * SECOND, server.address())).count());
        assertEquals(1L, statistics.toMap().get("retries"));
    }

    @Test
    void aResetWithinAnAnswerIsUnavailable() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        RawServer server = server((socket, body, number) -> {
            send(socket, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nENCR");
            begun.await(20, TimeUnit.SECONDS);
            socket.setOption(StandardSocketOptions.SO_LINGER, 0);
            return false;
        });
        // The check runs while the client waits, so the answer's start has been read by then, or soon is.
        RankFailure failure = assertThrows(
                RankFailure.class,
                () -> client(10 * SECOND, server.address()).score(Wires.request("r1", "a", "b"), Deadline.NONE, begun::countDown));
        assertEquals(FallbackCause.RANKER_UNAVAILABLE, failure.fallbackCause());
        assertEquals(1, server.requests.get());
        assertTrue(failure.getMessage().startsWith("ranker [" + server.address() + "/v1/score] broke off: "), failure.getMessage());
    }

    @Test
    void aPeerThatReadsNothingHoldsNobody() throws Exception {
        CountDownLatch connected = new CountDownLatch(1);
        try (ServerSocket deaf = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            deaf.setReceiveBufferSize(4_096);
            String[] ids = new String[1_000];
            Arrays.fill(ids, "v".repeat(1_000));
            RankerClient client = client(SECOND / 5, URI.create("http://127.0.0.1:" + deaf.getLocalPort()));
            RankFailure failure = assertThrows(
                    RankFailure.class, () -> client.score(Wires.request("r1", ids), Deadline.NONE, connected::countDown));
            assertEquals(FallbackCause.TIMEOUT, failure.fallbackCause());
        }
    }

    @Test
    void aHostWithoutAddressRefuses() throws Exception {
        RankFailure failure = failure(client(10 * SECOND, URI.create("http://no.such.host.invalid:1")));
        assertEquals(FallbackCause.RANKER_UNAVAILABLE, failure.fallbackCause());
        assertTrue(failure.getMessage().contains("is unknown"), failure.getMessage());
    }
}
