package org.encore.elasticsearch.rescore;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.elasticsearch.common.settings.SecureSetting;
import org.elasticsearch.common.settings.SecureString;
import org.elasticsearch.common.settings.Setting;
import org.elasticsearch.common.settings.Setting.Property;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.common.unit.ByteSizeUnit;
import org.elasticsearch.common.unit.ByteSizeValue;
import org.elasticsearch.core.TimeValue;
import org.encore.rank.RankerAddress;
import org.encore.rank.RankerOptions;
import org.encore.rank.TrustedAuthorities;

/**
 * The node's settings for calling the ranker. All but the token and the authorities can be changed while the node runs.
 */
public final class RankerSettings {
    /** Rankers, {@code http://host:port}; another machine's needs https and the token. */
    public static final Setting<List<String>> ADDRESSES = Setting.stringListSetting(
            "encore.ranker.addresses", List.of("http://127.0.0.1:8400"), Property.NodeScope, Property.Dynamic);

    /** Most time that a shard waits for the ranker. */
    public static final Setting<TimeValue> TIMEOUT = Setting.timeSetting(
            "encore.ranker.timeout",
            TimeValue.timeValueMillis(500),
            TimeValue.timeValueMillis(1),
            TimeValue.timeValueMinutes(1),
            Property.NodeScope,
            Property.Dynamic);

    /** Most calls of this node at once. The search thread pool must have this many threads and a few more. */
    public static final Setting<Integer> CALLS_IN_FLIGHT =
            Setting.intSetting("encore.ranker.calls_in_flight", 8, 1, 10_000, Property.NodeScope, Property.Dynamic);

    /** Failures in a row that open a ranker's circuit: few, since each may cost a search its deadline. */
    public static final Setting<Integer> BREAKER_FAILURES =
            Setting.intSetting("encore.ranker.breaker.failures", 3, 1, 10_000, Property.NodeScope, Property.Dynamic);

    /** Time between probes of a ranker whose circuit is open; fine order is back within it after a repair. */
    public static final Setting<TimeValue> PROBE_INTERVAL = Setting.timeSetting(
            "encore.ranker.breaker.probe_interval",
            TimeValue.timeValueSeconds(1),
            TimeValue.timeValueMillis(1),
            TimeValue.timeValueMinutes(10),
            Property.NodeScope,
            Property.Dynamic);

    /** Largest answer that is read. 500 candidates with their parts are some 200 KB. */
    public static final Setting<ByteSizeValue> MAX_RESPONSE_SIZE = Setting.byteSizeSetting(
            "encore.ranker.max_response_size",
            ByteSizeValue.of(4, ByteSizeUnit.MB),
            ByteSizeValue.of(1, ByteSizeUnit.KB),
            ByteSizeValue.of(256, ByteSizeUnit.MB),
            Property.NodeScope,
            Property.Dynamic);

    /** Bearer token of each call, from the node's keystore. */
    public static final Setting<SecureString> TOKEN = SecureSetting.secureString("encore.ranker.token", null);

    /** File of the certificates that https rankers are known by, PEM, in the node's config folder; else the platform's. */
    public static final Setting<String> AUTHORITIES =
            Setting.simpleString("encore.ranker.certificate_authorities", Property.NodeScope);

    private static final List<Setting<?>> DYNAMIC =
            List.of(ADDRESSES, TIMEOUT, CALLS_IN_FLIGHT, BREAKER_FAILURES, PROBE_INTERVAL, MAX_RESPONSE_SIZE);

    private RankerSettings() {}

    /** Every setting, for registration. */
    public static List<Setting<?>> all() {
        List<Setting<?>> all = new ArrayList<>(DYNAMIC);
        all.add(TOKEN);
        all.add(AUTHORITIES);
        return List.copyOf(all);
    }

    /** Those that may change while the node runs. */
    static List<Setting<?>> dynamic() {
        return DYNAMIC;
    }

    /** The token, or null; can be read only while the node is being made. */
    static String token(Settings settings) {
        try (SecureString token = TOKEN.get(settings)) {
            return token.isEmpty() ? null : token.toString();
        }
    }

    /**
     * TLS by the node's own file of certificates, or null where it names none.
     *
     * @throws IllegalArgumentException the file is outside the config folder, can't be read or holds no certificate
     */
    static SSLContext tls(Settings settings, Path config) {
        String name = AUTHORITIES.get(settings);
        if (name.isEmpty()) {
            return null;
        }
        Path file = config.resolve(name).normalize();
        if (!file.startsWith(config)) {
            throw new IllegalArgumentException("[" + AUTHORITIES.getKey() + "] [" + name
                    + "] is outside the node's config folder: put the file there");
        }
        try {
            return TrustedAuthorities.of(file);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("[" + AUTHORITIES.getKey() + "]: " + e.getMessage(), e);
        }
    }

    /**
     * The settings as the client's options.
     *
     * @throws IllegalArgumentException an address is wrong, or not allowed without https and token
     */
    static RankerOptions options(Settings settings, String token) {
        List<URI> addresses = new ArrayList<>();
        for (String address : ADDRESSES.get(settings)) {
            URI uri;
            try {
                uri = RankerAddress.parse(address, token != null);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("[" + ADDRESSES.getKey() + "]: " + e.getMessage(), e);
            }
            if (!addresses.contains(uri)) {
                addresses.add(uri);
            }
        }
        return new RankerOptions(
                addresses,
                TIMEOUT.get(settings).nanos(),
                CALLS_IN_FLIGHT.get(settings),
                BREAKER_FAILURES.get(settings),
                PROBE_INTERVAL.get(settings).nanos(),
                Math.toIntExact(MAX_RESPONSE_SIZE.get(settings).getBytes()),
                token);
    }
}
