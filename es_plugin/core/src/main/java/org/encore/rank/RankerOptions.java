package org.encore.rank;

import java.net.URI;
import java.util.List;

/**
 * How to call the ranker; a value that a node's settings make, exchanged as a whole.
 *
 * @param addresses          rankers in any order; a request's id picks among them
 * @param timeoutNanos       most time that a call may take
 * @param callsInFlight      most calls at once; beyond it a call waits or fails, see {@link Places}
 * @param breakerFailures    failures in a row that open an address's circuit
 * @param probeIntervalNanos time between probes of an address whose circuit is open
 * @param maxResponseBytes   largest answer that is read
 * @param token              bearer token, or null
 */
public record RankerOptions(
        List<URI> addresses,
        long timeoutNanos,
        int callsInFlight,
        int breakerFailures,
        long probeIntervalNanos,
        int maxResponseBytes,
        String token) {

    public RankerOptions {
        addresses = List.copyOf(addresses);
        if (timeoutNanos <= 0 || callsInFlight < 1 || maxResponseBytes < Wire.RESPONSE_HEADER_BYTES) {
            throw new IllegalArgumentException("timeout [" + timeoutNanos + "], calls in flight [" + callsInFlight
                    + "] and response size [" + maxResponseBytes + "] must be positive");
        }
        if (token != null) {
            checkToken(token);
        }
    }

    /** It goes into a header as it is; an end of line, easily stored along with it, would end the header. */
    private static void checkToken(String token) {
        for (int i = 0; i < token.length(); i++) {
            char c = token.charAt(i);
            if (c <= ' ' || c >= 0x7f) {
                throw new IllegalArgumentException("the token's character [" + (i + 1) + "] of [" + token.length()
                        + "] is [U+" + String.format("%04X", (int) c) + "]: a token has visible ASCII characters only");
            }
        }
    }

    /**
     * The same with that token, or with none where it is null.
     *
     * @throws IllegalArgumentException the token is none, or an address is not allowed without one
     */
    public RankerOptions withToken(String other) {
        for (URI address : addresses) {
            RankerAddress.parse(address.toString(), other != null);
        }
        return new RankerOptions(
                addresses, timeoutNanos, callsInFlight, breakerFailures, probeIntervalNanos, maxResponseBytes, other);
    }

    /** Keeps the token out of logs. */
    @Override
    public String toString() {
        return "RankerOptions[addresses=" + addresses + ", timeoutNanos=" + timeoutNanos + ", callsInFlight="
                + callsInFlight + ", breakerFailures=" + breakerFailures + ", probeIntervalNanos=" + probeIntervalNanos
                + ", maxResponseBytes=" + maxResponseBytes + ", token=" + (token == null ? "none" : "set") + "]";
    }
}
