package org.encore.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * A connection over which requests go one after the other, with TLS where the address is https.
 *
 * <p>Used by one thread at a time.
 */
final class Connection implements AutoCloseable {
    private final Link link;
    private final InputStream tlsIn;
    private final OutputStream tlsOut;
    private final byte[] buffer = new byte[AnswerReader.MOST_HEAD_BYTES];

    /** {@code System.nanoTime()} of its last use. */
    private long idleSince;

    private Connection(Link link, InputStream tlsIn, OutputStream tlsOut) {
        this.link = link;
        this.tlsIn = tlsIn;
        this.tlsOut = tlsOut;
    }

    /**
     * Connects; over https only to a peer whose certificate is trusted and names the address's host.
     *
     * @throws IOException it cannot
     */
    static Connection open(URI address, SSLContext tls, Patience patience) throws IOException {
        String host = bare(address.getHost());
        Link link = connect(InetAddress.getAllByName(host), address.getPort(), patience);
        if (!isTls(address)) {
            return new Connection(link, null, null);
        }
        try {
            SSLSocket socket = (SSLSocket)
                    tls.getSocketFactory().createSocket(new LinkSocket(link), host, address.getPort(), true);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return new Connection(link, socket.getInputStream(), socket.getOutputStream());
        } catch (IOException | RuntimeException e) {
            link.close();
            throw e;
        }
    }

    static boolean isTls(URI address) {
        return "https".equals(address.getScheme());
    }

    private static String bare(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /** A name may stand for several addresses, of which only one listens: {@code localhost}, say. */
    private static Link connect(InetAddress[] addresses, int port, Patience patience) throws IOException {
        ConnectException refused = null;
        for (InetAddress address : List.of(addresses)) {
            try {
                return Link.connect(new InetSocketAddress(address, port), patience);
            } catch (ConnectException e) {
                refused = e;
            }
        }
        throw refused;
    }

    void patience(Patience patience) {
        link.patience(patience);
    }

    int read(byte[] bytes, int offset, int length) throws IOException {
        return tlsIn == null ? link.read(bytes, offset, length) : tlsIn.read(bytes, offset, length);
    }

    void write(byte[] bytes) throws IOException {
        if (tlsOut == null) {
            link.write(bytes, 0, bytes.length);
        } else {
            tlsOut.write(bytes, 0, bytes.length);
        }
    }

    /** Scratch for the reader of an answer. */
    byte[] buffer() {
        return buffer;
    }

    /** Begins to lie idle. */
    void rest(long now) {
        idleSince = now;
    }

    /** Whether it rested no longer than that and its peer neither closed it nor said anything meanwhile. */
    boolean isFit(long now, long mostIdleNanos) {
        return isYoung(now, mostIdleNanos) && link.isQuiet();
    }

    boolean isYoung(long now, long mostIdleNanos) {
        return now - idleSince <= mostIdleNanos;
    }

    @Override
    public void close() {
        link.close();
    }
}
