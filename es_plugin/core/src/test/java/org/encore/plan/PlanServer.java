package org.encore.plan;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.encore.json.JsonReader;

/** A ranker that answers calls for plans as a test likes. */
final class PlanServer implements AutoCloseable {
    /** Answers one call. */
    @FunctionalInterface
    interface Script {
        void answer(PlanServer server, HttpExchange call) throws Exception;
    }

    static final String EMPTY =
            """
            {"schema": 1, "generation": "g1", "versions": {"dictionary": "d", "configuration": "c", "encoder": ""},
             "normalized": "a", "segments": [], "entities": [], "rewrites": [], "personal": [], "filters": []}
            """;

    /** What came, as it was sent. */
    record Call(String path, Map<?, ?> body, Map<String, List<String>> headers) {}

    final List<Call> calls = new CopyOnWriteArrayList<>();
    final CountDownLatch released = new CountDownLatch(1);
    private final HttpServer http;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    volatile Script script = PlanServer::good;

    PlanServer() throws IOException {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.setExecutor(threads);
        http.createContext("/", this::serve);
        http.start();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + http.getAddress().getPort());
    }

    private void serve(HttpExchange call) throws IOException {
        String body = new String(call.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        calls.add(new Call(call.getRequestURI().getPath(), (Map<?, ?>) JsonReader.parse(body), Map.copyOf(call.getRequestHeaders())));
        try {
            script.answer(this, call);
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    void good(HttpExchange call) throws IOException {
        send(call, 200, EMPTY);
    }

    static void send(HttpExchange call, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        call.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        try (call) {
            call.getResponseBody().write(bytes);
        }
    }

    /** Answers when the test lets it, or ends. */
    void late(HttpExchange call) throws Exception {
        released.await();
        good(call);
    }

    /** Hangs up without a word. */
    static void hangUp(HttpExchange call) {
        call.close();
    }

    @Override
    public void close() {
        released.countDown();
        http.stop(0);
        threads.shutdownNow();
    }
}
