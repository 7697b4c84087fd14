package org.encore.opensearch.rescore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.encore.rank.RankerOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opensearch.common.settings.Settings;

class RankerSettingsTest {
    private static RankerOptions options(Settings.Builder settings) {
        return RankerSettings.options(settings.build(), null);
    }

    @Test
    void defaultsCallThisMachine() {
        RankerOptions options = options(Settings.builder());
        assertEquals(List.of(URI.create("http://127.0.0.1:8400")), options.addresses());
        assertEquals(TimeUnit.MILLISECONDS.toNanos(500), options.timeoutNanos());
        assertEquals(8, options.callsInFlight());
        assertEquals(3, options.breakerFailures());
        assertEquals(TimeUnit.SECONDS.toNanos(1), options.probeIntervalNanos());
        assertEquals(4 << 20, options.maxResponseBytes());
        assertNull(options.token());
    }

    @Test
    void addressesAreAListWithoutRepetition() {
        assertEquals(
                List.of(URI.create("http://127.0.0.1:1"), URI.create("http://localhost:2")),
                options(Settings.builder()
                                .putList("encore.ranker.addresses", "http://127.0.0.1:1", "http://localhost:2/", "http://127.0.0.1:1/"))
                        .addresses());
        assertEquals(List.of(), options(Settings.builder().putList("encore.ranker.addresses")).addresses());
    }

    @Test
    void anAddressElsewhereNeedsTheToken() {
        Settings settings = Settings.builder()
                .putList("encore.ranker.addresses", "https://ranker.example:8400")
                .build();
        assertEquals(
                "[encore.ranker.addresses]: ranker address [https://ranker.example:8400] is not on this machine: "
                        + "use https and set a token, or an address such as [http://127.0.0.1:8400]",
                assertThrows(IllegalArgumentException.class, () -> RankerSettings.options(settings, null)).getMessage());
        assertEquals("word", RankerSettings.options(settings, "word").token());
    }

    @Test
    void valuesOutOfBoundsAreRefused() {
        for (String[] wrong : new String[][] {
            {"timeout", "0ms"}, {"timeout", "2m"}, {"calls_in_flight", "0"}, {"breaker.failures", "0"},
            {"breaker.probe_interval", "0ms"}, {"max_response_size", "1023b"}, {"max_response_size", "1gb"}
        }) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> options(Settings.builder().put("encore.ranker." + wrong[0], wrong[1])),
                    () -> String.join(" ", wrong));
        }
    }

    @Test
    void authoritiesComeFromTheConfigFolder(@TempDir Path config) {
        assertNull(RankerSettings.tls(Settings.EMPTY, config));
        Settings outside = Settings.builder().put("encore.ranker.certificate_authorities", "../ca.pem").build();
        assertEquals(
                "[encore.ranker.certificate_authorities] [../ca.pem] is outside the node's config folder: put the file there",
                assertThrows(IllegalArgumentException.class, () -> RankerSettings.tls(outside, config)).getMessage());
        Settings missing = Settings.builder().put("encore.ranker.certificate_authorities", "ca.pem").build();
        assertTrue(assertThrows(IllegalArgumentException.class, () -> RankerSettings.tls(missing, config))
                .getMessage()
                .startsWith("[encore.ranker.certificate_authorities]: certificates [" + config.resolve("ca.pem") + "] can't be read"));
    }
}
