package org.encore.http;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;

/**
 * Keeps idle connections by address and makes fresh ones.
 *
 * <p>The one used last goes first, so that a quiet hour lets the others go. Fresh ones are made on threads of their
 * own: a name's resolving has no timeout, and an engine's guards look at the whole stack of who connects.
 * Thread-safe.
 */
final class Connections implements AutoCloseable {
    /** Shorter than a ranker (75 s) or a proxy (usually 60 s) keeps an idle connection. */
    static final long MOST_IDLE_NANOS = TimeUnit.SECONDS.toNanos(30);
    /** Above any bound on calls in flight that makes sense on one node. */
    private static final int MOST_IDLE = 64;
    private static final long CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final SSLContext tls;
    private final LongSupplier nanoTime;
    private final ExecutorService makers;
    private final Map<URI, Deque<Connection>> idle = new HashMap<>();
    private boolean closed;

    /** Connections with that TLS, or with the platform's own where it is null. */
    Connections(SSLContext tls, LongSupplier nanoTime) {
        this.tls = tls;
        this.nanoTime = nanoTime;
        AtomicInteger number = new AtomicInteger();
        this.makers = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "encore-connect-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** An idle connection that seems alive, or null. */
    Connection idle(URI address) {
        while (true) {
            Connection last;
            synchronized (idle) {
                Deque<Connection> known = idle.get(address);
                last = known == null ? null : known.pollLast();
            }
            if (last == null || last.isFit(nanoTime.getAsLong(), MOST_IDLE_NANOS)) {
                return last;
            }
            last.close();
        }
    }

    /** Takes a connection back whose answer was read to its end. */
    void giveBack(URI address, Connection connection) {
        long now = nanoTime.getAsLong();
        connection.rest(now);
        synchronized (idle) {
            Deque<Connection> known = closed ? null : idle.computeIfAbsent(address, key -> new ArrayDeque<>());
            if (known != null && known.size() < MOST_IDLE) {
                while (!known.isEmpty() && !known.peekFirst().isYoung(now, MOST_IDLE_NANOS)) {
                    known.pollFirst().close();
                }
                known.addLast(connection);
                return;
            }
        }
        connection.close();
    }

    /** Trusts no idle connection to that address: one of them was dead, and the others died of the same. */
    void forget(URI address) {
        Deque<Connection> known;
        synchronized (idle) {
            known = idle.remove(address);
        }
        if (known != null) {
            known.forEach(Connection::close);
        }
    }

    /** Forgets the connections to all addresses but these. */
    void retain(Collection<URI> addresses) {
        Collection<URI> gone;
        synchronized (idle) {
            gone = idle.keySet().stream().filter(address -> !addresses.contains(address)).toList();
        }
        gone.forEach(this::forget);
    }

    /**
     * Makes a connection.
     *
     * @throws HttpFailure it came to none within the time
     */
    Connection fresh(URI address, Patience patience) throws HttpFailure {
        CompletableFuture<Connection> opening = new CompletableFuture<>();
        // The maker only looks at the time; the caller checks.
        Patience unchecked = new Patience() {
            @Override
            public long leftNanos() {
                return opening.isDone() ? 0 : patience.leftNanos();
            }

            @Override
            public void check() {}
        };
        makers.execute(() -> open(address, unchecked, opening));
        Connection connection = null;
        try {
            connection = await(opening, patience);
            return connection;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HttpFailure.Interrupted();
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } finally {
            if (connection == null && !opening.cancel(false)) {
                opening.thenAccept(Connection::close); // It opened in the moment in which nobody waited any more.
            }
        }
    }

    private static Connection await(CompletableFuture<Connection> opening, Patience patience)
            throws HttpFailure, InterruptedException, ExecutionException {
        while (true) {
            long left = patience.leftNanos();
            if (left <= 0) {
                throw new HttpFailure.TimeUp();
            }
            try {
                return opening.get(Math.min(left, CHECK_NANOS), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                patience.check();
            }
        }
    }

    private void open(URI address, Patience patience, CompletableFuture<Connection> opening) {
        try {
            SSLContext context = tls == null && Connection.isTls(address) ? SSLContext.getDefault() : tls;
            Connection connection = Connection.open(address, context, patience);
            if (!opening.complete(connection)) {
                connection.close();
            }
        } catch (IOException | NoSuchAlgorithmException | RuntimeException e) {
            opening.completeExceptionally(e);
        }
    }

    private static HttpFailure failure(Throwable why) {
        return switch (why) {
            case Link.StoppedException stopped -> stopped.failure();
            case UnknownHostException e -> new HttpFailure.Refused("host [" + e.getMessage() + "] is unknown");
            case ConnectException e -> new HttpFailure.Refused(e.getMessage());
            case NoRouteToHostException e -> new HttpFailure.Refused(e.getMessage());
            case RuntimeException fault -> throw fault;
            default -> new HttpFailure.BrokenOff(why.getClass().getSimpleName() + ": " + why.getMessage(), why);
        };
    }

    @Override
    public void close() {
        synchronized (idle) {
            closed = true;
            idle.values().forEach(known -> known.forEach(Connection::close));
            idle.clear();
        }
        makers.shutdownNow();
    }
}
