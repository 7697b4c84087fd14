package org.encore.rank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.encore.json.JsonReader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS for real: a server with a certificate of its own making, from the JDK's keytool. */
class TrustedAuthoritiesTest {
    @TempDir
    private static Path folder;

    private static HttpsServer server;
    private static final AtomicInteger handled = new AtomicInteger();
    private static final Set<Integer> ports = ConcurrentHashMap.newKeySet();
    private static final CountDownLatch released = new CountDownLatch(1);
    private final RankStatistics statistics = new RankStatistics();

    private static void keytool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        assertEquals(0, process.waitFor(), output);
    }

    private static Path certificate(String name, String host) throws Exception {
        Path store = folder.resolve(name + ".p12");
        keytool("-genkeypair", "-keystore", store.toString(), "-storepass", "changeit", "-alias", "a", "-keyalg", "EC",
                "-dname", "CN=" + host, "-ext", "SAN=" + host, "-validity", "2");
        Path pem = folder.resolve(name + ".pem");
        keytool("-exportcert", "-rfc", "-keystore", store.toString(), "-storepass", "changeit", "-alias", "a", "-file", pem.toString());
        return pem;
    }

    @BeforeAll
    static void start() throws Exception {
        certificate("mine", "IP:127.0.0.1");
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(folder.resolve("mine.p12"))) {
            keys.load(in, "changeit".toCharArray());
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, "changeit".toCharArray());
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(factory.getKeyManagers(), null, null);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        server.createContext("/v1/score", exchange -> {
            handled.incrementAndGet();
            ports.add(exchange.getRemoteAddress().getPort());
            byte[] request = exchange.getRequestBody().readAllBytes();
            String id = (String) ((Map<?, ?>) JsonReader.parse(Wires.metaOf(request))).get("request_id");
            if (id.equals("slow")) {
                awaitRelease();
            }
            byte[] answer = Wires.goodAnswer(id, Wires.countOf(request));
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.setExecutor(Executors.newCachedThreadPool());
        server.start();
    }

    private static void awaitRelease() {
        try {
            released.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @AfterAll
    static void stop() {
        released.countDown();
        server.stop(0);
        ((ExecutorService) server.getExecutor()).shutdownNow();
    }

    private RankerClient client(SSLContext tls, String host, int port) {
        URI address = URI.create("https://" + host + ":" + port);
        RankerOptions options =
                new RankerOptions(List.of(address), TimeUnit.SECONDS.toNanos(10), 1, 3, 1, 65536, "token");
        return new RankerClient(options, statistics, tls);
    }

    private WireResponse score(SSLContext tls, String host) throws RankFailure {
        try (RankerClient client = client(tls, host, server.getAddress().getPort())) {
            return client.score(Wires.request("r1", "a", "b"), Deadline.NONE, () -> {});
        }
    }

    @Test
    void theConnectionStaysAndCarriesLargeMessages() throws Exception {
        String[] ids = new String[1_000];
        Arrays.fill(ids, "v".repeat(100));
        ports.clear();
        try (RankerClient client = client(TrustedAuthorities.of(folder.resolve("mine.pem")), "127.0.0.1", server.getAddress().getPort())) {
            for (int i = 0; i < 3; i++) {
                assertEquals(1_000, client.score(Wires.request("r1", ids), Deadline.NONE, () -> {}).count());
            }
        }
        assertEquals(1, ports.size());
    }

    @Test
    void aSlowRankerIsLeftInTime() throws Exception {
        try (RankerClient client = client(TrustedAuthorities.of(folder.resolve("mine.pem")), "127.0.0.1", server.getAddress().getPort())) {
            RankFailure failure = assertThrows(
                    RankFailure.class,
                    () -> client.score(Wires.request("slow", "a"), System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(300), () -> {}));
            assertEquals(FallbackCause.SEARCH_TIMEOUT, failure.fallbackCause());
        }
    }

    @Test
    void cancellationIsThrownOnAsItIs() throws Exception {
        IllegalStateException cancelled = new IllegalStateException("cancelled");
        AtomicInteger before = new AtomicInteger(handled.get());
        try (RankerClient client = client(TrustedAuthorities.of(folder.resolve("mine.pem")), "127.0.0.1", server.getAddress().getPort())) {
            assertSame(
                    cancelled,
                    assertThrows(
                            IllegalStateException.class,
                            () -> client.score(Wires.request("slow", "a"), Deadline.NONE, () -> {
                                if (handled.get() > before.get()) {
                                    throw cancelled;
                                }
                            })));
        }
    }

    @Test
    void whoSpeaksNoTlsIsNoRanker() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                RankerClient toSilent = client(null, "127.0.0.1", silent.getLocalPort())) {
            RankFailure failure = assertThrows(
                    RankFailure.class,
                    () -> toSilent.score(Wires.request("r1", "a"), System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100), () -> {}));
            assertEquals(FallbackCause.SEARCH_TIMEOUT, failure.fallbackCause());
            Thread answering = new Thread(() -> {
                try (Socket socket = silent.accept()) {
                    socket.getOutputStream().write("HTTP/1.1 400 No\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    socket.getInputStream().readAllBytes();
                } catch (IOException e) {
                    // The client went away, as it should.
                }
            });
            silent.accept().close(); // The silent call's connection.
            answering.start();
            RankFailure other = assertThrows(
                    RankFailure.class, () -> toSilent.score(Wires.request("r1", "a"), Deadline.NONE, () -> {}));
            assertEquals(FallbackCause.RANKER_UNAVAILABLE, other.fallbackCause());
            assertTrue(other.getMessage().contains("SSLException"), other.getMessage());
            answering.join(TimeUnit.SECONDS.toMillis(10));
        }
    }

    @Test
    void aRankerIsKnownByItsCertificate() throws Exception {
        assertEquals(2, score(TrustedAuthorities.of(folder.resolve("mine.pem")), "127.0.0.1").count());
    }

    @Test
    void aStrangerIsRefusedBeforeItLearnsAnything() throws Exception {
        Path other = certificate("other", "IP:127.0.0.1");
        int before = handled.get();
        for (SSLContext tls : new SSLContext[] {null, TrustedAuthorities.of(other)}) {
            RankFailure failure = assertThrows(RankFailure.class, () -> score(tls, "127.0.0.1"));
            assertEquals(FallbackCause.RANKER_UNAVAILABLE, failure.fallbackCause());
            assertTrue(failure.getMessage().contains("SSLHandshakeException"), failure.getMessage());
        }
        assertEquals(before, handled.get());
        assertEquals(0L, statistics.toMap().get("retries"), "another try would meet the same stranger");
    }

    @Test
    void aCertificateForAnotherHostIsRefused() {
        SSLContext tls = TrustedAuthorities.of(folder.resolve("mine.pem"));
        RankFailure failure = assertThrows(RankFailure.class, () -> score(tls, "localhost"));
        assertEquals(FallbackCause.RANKER_UNAVAILABLE, failure.fallbackCause());
        assertTrue(failure.getMessage().contains("No name matching localhost found"), failure.getMessage());
    }

    @Test
    void whatHoldsNoCertificateIsRefused() throws Exception {
        Path missing = folder.resolve("missing.pem");
        assertTrue(assertThrows(IllegalArgumentException.class, () -> TrustedAuthorities.of(missing))
                .getMessage()
                .startsWith("certificates [" + missing + "] can't be read: "));
        Path empty = Files.writeString(folder.resolve("empty.pem"), "");
        assertEquals(
                "file [" + empty + "] holds no certificate",
                assertThrows(IllegalArgumentException.class, () -> TrustedAuthorities.of(empty)).getMessage());
        Path garbage = Files.writeString(folder.resolve("garbage.pem"), "-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n");
        assertTrue(assertThrows(IllegalArgumentException.class, () -> TrustedAuthorities.of(garbage))
                .getMessage()
                .startsWith("file [" + garbage + "] holds no certificates: "));
    }
}
