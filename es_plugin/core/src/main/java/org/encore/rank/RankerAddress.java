package org.encore.rank;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/**
 * Where a ranker listens: {@code http://host:port} or {@code https://host:port}, nothing else.
 *
 * <p>Plain http goes to this machine only. Anything else must be https, and a token must be set: whoever
 * reads the wire learns who searches for what.
 */
public final class RankerAddress {
    private RankerAddress() {}

    /**
     * Reads an address.
     *
     * @param text     what the setting says
     * @param hasToken whether a bearer token goes with each call
     * @throws IllegalArgumentException it is no address, or not allowed without TLS and token
     */
    public static URI parse(String text, boolean hasToken) {
        URI uri;
        try {
            uri = new URI(text.strip());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(wrongForm(text), e);
        }
        boolean tls = "https".equalsIgnoreCase(uri.getScheme());
        boolean bare = (uri.getPath() == null || uri.getPath().isEmpty() || uri.getPath().equals("/"))
                && uri.getQuery() == null
                && uri.getFragment() == null
                && uri.getUserInfo() == null;
        if ((!tls && !"http".equalsIgnoreCase(uri.getScheme())) || uri.getHost() == null || uri.getPort() < 1 || !bare) {
            throw new IllegalArgumentException(wrongForm(text));
        }
        if (!isLoopback(uri.getHost()) && !(tls && hasToken)) {
            throw new IllegalArgumentException("ranker address [" + text
                    + "] is not on this machine: use https and set a token, or an address such as [http://127.0.0.1:8400]");
        }
        return URI.create(uri.getScheme().toLowerCase(Locale.ROOT) + "://" + uri.getRawAuthority());
    }

    private static String wrongForm(String text) {
        return "ranker address [" + text + "] is not of the form [http://host:port] or [https://host:port]";
    }

    /** Only literals that can't resolve to another machine. */
    private static boolean isLoopback(String host) {
        return host.equalsIgnoreCase("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d{1,3}){3}");
    }
}
