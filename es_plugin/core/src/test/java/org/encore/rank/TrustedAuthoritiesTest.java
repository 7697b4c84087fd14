package org.encore.rank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
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
            byte[] request = exchange.getRequestBody().readAllBytes();
            byte[] answer = Wires.goodAnswer("r1", Wires.countOf(request));
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
    }

    @AfterAll
    static void stop() {
        server.stop(0);
    }

    private WireResponse score(SSLContext tls, String host) throws RankFailure {
        URI address = URI.create("https://" + host + ":" + server.getAddress().getPort());
        RankerOptions options =
                new RankerOptions(List.of(address), TimeUnit.SECONDS.toNanos(10), 1, 3, 1, 65536, "token");
        try (RankerClient client = new RankerClient(options, statistics, tls)) {
            return client.score(Wires.request("r1", "a", "b"), Deadline.NONE, () -> {});
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
        assertThrows(RankFailure.class, () -> score(tls, "localhost"));
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
