package org.encore.rank;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.encore.json.JsonReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** A client against servers that fail in every way that sockets allow; each kind of failure has a class of tests. */
@Timeout(30)
abstract class RankerClientHarness {
    static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    static final long PROBE = TimeUnit.MILLISECONDS.toNanos(50);

    final RankStatistics statistics = new RankStatistics();
    private final List<AutoCloseable> open = new ArrayList<>();
    final CountDownLatch released = new CountDownLatch(1);

    @AfterEach
    void closeAll() throws Exception {
        released.countDown();
        for (AutoCloseable closeable : open) {
            closeable.close();
        }
    }

    RawServer server(RawServer.Script script) throws IOException {
        RawServer server = new RawServer(script);
        open.add(server);
        return server;
    }

    RankerOptions options(long timeoutNanos, URI... addresses) {
        return new RankerOptions(List.of(addresses), timeoutNanos, 2, 3, PROBE, 64 * 1024, null);
    }

    RankerClient client(RankerOptions options) {
        RankerClient client = new RankerClient(options, statistics, null);
        open.add(client);
        return client;
    }

    RankerClient client(long timeoutNanos, URI... addresses) {
        return client(options(timeoutNanos, addresses));
    }

    static WireResponse score(RankerClient client) throws RankFailure {
        return client.score(Wires.request("r1", "a", "b"), Deadline.NONE, () -> {});
    }

    static RankFailure failure(RankerClient client) {
        return assertThrows(RankFailure.class, () -> score(client));
    }

    static boolean good(Socket socket, byte[] body) throws IOException {
        String id = (String) ((Map<?, ?>) JsonReader.parse(Wires.metaOf(body))).get("request_id");
        return RawServer.ok(socket, Wires.goodAnswer(id, Wires.countOf(body)));
    }

    /** An address that nobody listens at. */
    static URI nobody() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return URI.create("http://127.0.0.1:" + socket.getLocalPort());
        }
    }
}
