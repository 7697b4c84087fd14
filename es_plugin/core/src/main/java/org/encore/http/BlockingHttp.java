package org.encore.http;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/**
 * Sends requests over kept HTTP/1.1 connections; the calling thread writes, waits and reads itself.
 *
 * <p>A kept connection may have died, which may show only when a request goes out on it. Such a request goes once
 * more, on a fresh one; so send only what does no harm twice. Thread-safe.
 */
public final class BlockingHttp implements AutoCloseable {
    private final Connections connections;
    private final Runnable onRetry;

    /**
     * Without a connection yet.
     *
     * @param tls     what https addresses are spoken to with, or null for the platform's own
     * @param onRetry told that a request goes once more
     */
    public BlockingHttp(SSLContext tls, LongSupplier nanoTime, Runnable onRetry) {
        this.connections = new Connections(tls, nanoTime);
        this.onRetry = onRetry;
    }

    /**
     * Posts a body and reads the whole answer.
     *
     * @param target   {@code http://host:port/path} or https
     * @param headers  lines that end in CR LF, made anew for each try; of safe characters, they are not checked
     * @param most     largest body of an answer, in bytes
     * @param patience ends the call, connecting included
     * @throws HttpFailure there is no answer
     */
    public HttpAnswer post(URI target, Supplier<String> headers, byte[] body, int most, Patience patience)
            throws HttpFailure {
        URI address = addressOf(target);
        Connection kept = connections.idle(address);
        try {
            return exchange(address, kept != null ? kept : connections.fresh(address, patience), target, headers, body, most, patience);
        } catch (HttpFailure.Closed dead) {
            onRetry.run();
            connections.forget(address);
            return exchange(address, connections.fresh(address, patience), target, headers, body, most, patience);
        }
    }

    /** Lets go of the connections to all addresses but these. */
    public void retain(Collection<URI> addresses) {
        connections.retain(addresses.stream().map(BlockingHttp::addressOf).toList());
    }

    private static URI addressOf(URI target) {
        return target.resolve("/");
    }

    private HttpAnswer exchange(
            URI address,
            Connection connection,
            URI target,
            Supplier<String> headers,
            byte[] body,
            int most,
            Patience patience)
            throws HttpFailure {
        AnswerReader reader = new AnswerReader(connection, most);
        connection.patience(patience);
        try {
            connection.write(message(target, headers.get(), body));
            return reader.read();
        } catch (Link.StoppedException e) {
            throw e.failure();
        } catch (IOException e) {
            String message = e.getClass().getSimpleName() + ": " + e.getMessage();
            throw reader.hasBegun() ? new HttpFailure.BrokenOff(message, e) : new HttpFailure.Closed(message, e);
        } finally {
            if (reader.isReusable()) {
                connections.giveBack(address, connection);
            } else {
                connection.close();
            }
        }
    }

    /** Head and body in one piece, so that they leave in one write. */
    private static byte[] message(URI target, String headers, byte[] body) {
        byte[] head = ("POST " + target.getRawPath() + " HTTP/1.1\r\nHost: " + target.getRawAuthority() + "\r\n" + headers
                        + "Content-Length: " + body.length + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        byte[] message = new byte[head.length + body.length];
        System.arraycopy(head, 0, message, 0, head.length);
        System.arraycopy(body, 0, message, head.length, body.length);
        return message;
    }

    @Override
    public void close() {
        connections.close();
    }
}
