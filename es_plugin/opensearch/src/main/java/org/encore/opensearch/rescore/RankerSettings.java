package org.encore.opensearch.rescore;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.encore.rank.RankerOptions;
import org.encore.rescore.RankerDefaults;
import org.opensearch.common.settings.SecureSetting;
import org.opensearch.common.settings.Setting;
import org.opensearch.common.settings.Setting.Property;
import org.opensearch.common.settings.Settings;
import org.opensearch.common.unit.TimeValue;
import org.opensearch.core.common.settings.SecureString;
import org.opensearch.core.common.unit.ByteSizeValue;

/** The settings of {@link RankerDefaults} as the engine registers and reads them. */
public final class RankerSettings {
    private static final Setting<List<String>> ADDRESSES = Setting.listSetting(
            RankerDefaults.ADDRESSES, RankerDefaults.DEFAULT_ADDRESSES, Function.identity(), Property.NodeScope, Property.Dynamic);

    private static final Setting<TimeValue> TIMEOUT = Setting.timeSetting(
            RankerDefaults.TIMEOUT,
            time(RankerDefaults.DEFAULT_TIMEOUT),
            time(RankerDefaults.MIN_TIMEOUT),
            time(RankerDefaults.MAX_TIMEOUT),
            Property.NodeScope,
            Property.Dynamic);

    private static final Setting<Integer> CALLS_IN_FLIGHT = Setting.intSetting(
            RankerDefaults.CALLS_IN_FLIGHT,
            RankerDefaults.DEFAULT_CALLS_IN_FLIGHT,
            1,
            RankerDefaults.MAX_CALLS_IN_FLIGHT,
            Property.NodeScope,
            Property.Dynamic);

    private static final Setting<Integer> BREAKER_FAILURES = Setting.intSetting(
            RankerDefaults.BREAKER_FAILURES,
            RankerDefaults.DEFAULT_BREAKER_FAILURES,
            1,
            RankerDefaults.MAX_BREAKER_FAILURES,
            Property.NodeScope,
            Property.Dynamic);

    private static final Setting<TimeValue> PROBE_INTERVAL = Setting.timeSetting(
            RankerDefaults.PROBE_INTERVAL,
            time(RankerDefaults.DEFAULT_PROBE_INTERVAL),
            time(RankerDefaults.MIN_PROBE_INTERVAL),
            time(RankerDefaults.MAX_PROBE_INTERVAL),
            Property.NodeScope,
            Property.Dynamic);

    private static final Setting<ByteSizeValue> MAX_RESPONSE_SIZE = Setting.byteSizeSetting(
            RankerDefaults.MAX_RESPONSE_SIZE,
            size(RankerDefaults.DEFAULT_MAX_RESPONSE_SIZE),
            size(RankerDefaults.MIN_MAX_RESPONSE_SIZE),
            size(RankerDefaults.MAX_MAX_RESPONSE_SIZE),
            Property.NodeScope,
            Property.Dynamic);

    private static final Setting<SecureString> TOKEN = SecureSetting.secureString(RankerDefaults.TOKEN, null);

    private static final Setting<String> AUTHORITIES =
            Setting.simpleString(RankerDefaults.AUTHORITIES, Property.NodeScope);

    private static final List<Setting<?>> DYNAMIC =
            List.of(ADDRESSES, TIMEOUT, CALLS_IN_FLIGHT, BREAKER_FAILURES, PROBE_INTERVAL, MAX_RESPONSE_SIZE);

    private RankerSettings() {}

    private static TimeValue time(String text) {
        return TimeValue.parseTimeValue(text, "default or bound");
    }

    private static ByteSizeValue size(String text) {
        return ByteSizeValue.parseBytesSizeValue(text, "default or bound");
    }

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
        return RankerDefaults.tls(AUTHORITIES.get(settings), config);
    }

    /**
     * The settings as the client's options.
     *
     * @throws IllegalArgumentException an address is wrong, or not allowed without https and token
     */
    static RankerOptions options(Settings settings, String token) {
        return new RankerOptions(
                RankerDefaults.addresses(ADDRESSES.get(settings), token != null),
                TIMEOUT.get(settings).nanos(),
                CALLS_IN_FLIGHT.get(settings),
                BREAKER_FAILURES.get(settings),
                PROBE_INTERVAL.get(settings).nanos(),
                Math.toIntExact(MAX_RESPONSE_SIZE.get(settings).getBytes()),
                token);
    }
}
