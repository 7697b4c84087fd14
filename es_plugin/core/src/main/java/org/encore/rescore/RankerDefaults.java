package org.encore.rescore;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.encore.rank.RankerAddress;
import org.encore.rank.TrustedAuthorities;

/**
 * The node settings for calling the ranker: names, defaults and bounds in the engines' notation, the same on every
 * engine. All but the
 * token and the authorities can be changed while a node runs.
 */
public final class RankerDefaults {
    /** Rankers, {@code http://host:port}; another machine's needs https and the token. */
    public static final String ADDRESSES = "encore.ranker.addresses";
    public static final List<String> DEFAULT_ADDRESSES = List.of("http://127.0.0.1:8400");

    /** Most time that a shard waits for the ranker. */
    public static final String TIMEOUT = "encore.ranker.timeout";
    public static final String DEFAULT_TIMEOUT = "500ms";
    public static final String MIN_TIMEOUT = "1ms";
    public static final String MAX_TIMEOUT = "1m";

    /** Most calls of a node at once. The search thread pool must have this many threads and a few more. */
    public static final String CALLS_IN_FLIGHT = "encore.ranker.calls_in_flight";
    public static final int DEFAULT_CALLS_IN_FLIGHT = 8;
    public static final int MAX_CALLS_IN_FLIGHT = 10_000;

    /** Failures in a row that open a ranker's circuit: few, since each may cost a search its deadline. */
    public static final String BREAKER_FAILURES = "encore.ranker.breaker.failures";
    public static final int DEFAULT_BREAKER_FAILURES = 3;
    public static final int MAX_BREAKER_FAILURES = 10_000;

    /** Time between probes of a ranker whose circuit is open; fine order is back within it after a repair. */
    public static final String PROBE_INTERVAL = "encore.ranker.breaker.probe_interval";
    public static final String DEFAULT_PROBE_INTERVAL = "1s";
    public static final String MIN_PROBE_INTERVAL = "1ms";
    public static final String MAX_PROBE_INTERVAL = "10m";

    /** Largest answer that is read. 500 candidates with their parts are some 200 KB. */
    public static final String MAX_RESPONSE_SIZE = "encore.ranker.max_response_size";
    public static final String DEFAULT_MAX_RESPONSE_SIZE = "4mb";
    public static final String MIN_MAX_RESPONSE_SIZE = "1kb";
    public static final String MAX_MAX_RESPONSE_SIZE = "256mb";

    /** Bearer token of each call, from the node's keystore. */
    public static final String TOKEN = "encore.ranker.token";

    /** File of the certificates that https rankers are known by, PEM, in the node's config folder; else the platform's. */
    public static final String AUTHORITIES = "encore.ranker.certificate_authorities";

    private RankerDefaults() {}

    /**
     * The addresses of {@link #ADDRESSES}, each once.
     *
     * @throws IllegalArgumentException an address is wrong, or not allowed without https and token
     */
    public static List<URI> addresses(List<String> texts, boolean hasToken) {
        List<URI> addresses = new ArrayList<>();
        for (String text : texts) {
            URI address;
            try {
                address = RankerAddress.parse(text, hasToken);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("[" + ADDRESSES + "]: " + e.getMessage(), e);
            }
            if (!addresses.contains(address)) {
                addresses.add(address);
            }
        }
        return addresses;
    }

    /**
     * TLS by the file that {@link #AUTHORITIES} names, or null where it is empty.
     *
     * @param config the node's config folder
     * @throws IllegalArgumentException the file is outside the config folder, can't be read or holds no certificate
     */
    public static SSLContext tls(String name, Path config) {
        if (name.isEmpty()) {
            return null;
        }
        Path file = config.resolve(name).normalize();
        if (!file.startsWith(config)) {
            throw new IllegalArgumentException(
                    "[" + AUTHORITIES + "] [" + name + "] is outside the node's config folder: put the file there");
        }
        try {
            return TrustedAuthorities.of(file);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("[" + AUTHORITIES + "]: " + e.getMessage(), e);
        }
    }
}
