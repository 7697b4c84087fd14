package org.encore.rank;

import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;

/**
 * Scoring calls over HTTP/1.1 keep-alive connections, each within its deadline.
 *
 * <p>A pooled connection may have died idle, which shows only when a call goes out on it. Such a call
 * goes once more, on a connection that is certainly fresh: the whole pool is set aside, because the others
 * in it died of the same. Scoring twice is harmless, since a ranker remembers a request's answer.
 *
 * <p>Thread-safe.
 */
final class HttpCalls implements AutoCloseable {
    /** The address takes no connection. */
    static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message, null, false, false);
        }
    }

    /** How often a waiting call looks whether its search was cancelled. */
    private static final long CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final int OK = 200;

    private final RankStatistics statistics;
    private final LongSupplier nanoTime;
    private final ExecutorService executor;
    private final SSLContext tls;
    private final AtomicReference<HttpClient> client;

    /** Calls with that TLS, or with the platform's own where it is null. */
    HttpCalls(RankStatistics statistics, LongSupplier nanoTime, SSLContext tls) {
        this.statistics = statistics;
        this.tls = tls;
        this.nanoTime = nanoTime;
        AtomicInteger number = new AtomicInteger();
        // The client's default executor was seen to hang; daemon threads don't keep a node from stopping.
        this.executor = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "encore-ranker-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        this.client = new AtomicReference<>(newClient());
    }

    private HttpClient newClient() {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .executor(executor)
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(HttpClient.Builder.NO_PROXY);
        if (tls != null) {
            builder.sslContext(tls);
        }
        return builder.build();
    }

    /** One scoring call; see {@link RankerClient#score}. */
    WireResponse score(
            URI target,
            WireRequest request,
            byte[] body,
            RankerOptions options,
            Deadline deadline,
            RankerClient.Check check)
            throws RankFailure, RefusedException {
        HttpClient first = client.get();
        try {
            return score(first, target, request, body, options, deadline, check);
        } catch (DeadConnectionException dead) {
            statistics.retried();
            try {
                return score(replace(first), target, request, body, options, deadline, check);
            } catch (DeadConnectionException again) {
                throw new RankFailure(FallbackCause.RANKER_UNAVAILABLE, "ranker [" + target + "] closes: " + again.getMessage(), again);
            }
        }
    }

    /** The pool that follows {@code dead}; of several calls that saw it dead, the first makes it. */
    private HttpClient replace(HttpClient dead) {
        HttpClient fresh = newClient();
        HttpClient current = client.compareAndExchange(dead, fresh);
        if (current == dead) {
            dead.shutdown(); // Calls in flight on its living connections still end.
            return fresh;
        }
        fresh.shutdownNow();
        return current;
    }

    private WireResponse score(
            HttpClient http,
            URI target,
            WireRequest request,
            byte[] body,
            RankerOptions options,
            Deadline deadline,
            RankerClient.Check check)
            throws RankFailure, RefusedException, DeadConnectionException {
        long left = deadline.at() - nanoTime.getAsLong();
        if (left <= 0) {
            throw deadline.missed("no time was left for the ranker");
        }
        AtomicBoolean headerCame = new AtomicBoolean();
        CompletableFuture<HttpResponse<byte[]>> call = http.sendAsync(
                httpRequest(target, body, options.token(), left),
                LimitedBody.handler(options.maxResponseBytes(), info -> headerCame.set(true)));
        boolean ended = false;
        try {
            HttpResponse<byte[]> answer = await(call, target, deadline, check);
            ended = true;
            return read(answer, request, target);
        } catch (ExecutionException e) {
            ended = true;
            throw failure(e.getCause(), target, headerCame.get());
        } finally {
            if (!ended) {
                call.cancel(true);
            }
        }
    }

    private static HttpRequest httpRequest(URI target, byte[] body, String token, long leftNanos) {
        HttpRequest.Builder http = HttpRequest.newBuilder(target)
                .header("Content-Type", Wire.CONTENT_TYPE)
                .header("Accept", Wire.CONTENT_TYPE)
                .header(Wire.DEADLINE_HEADER, Long.toString(Math.max(1, Duration.ofNanos(leftNanos).toMillis())))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        if (token != null) {
            http.header("Authorization", "Bearer " + token);
        }
        return http.build();
    }

    private HttpResponse<byte[]> await(
            CompletableFuture<HttpResponse<byte[]>> call, URI target, Deadline deadline, RankerClient.Check check)
            throws RankFailure, ExecutionException {
        while (true) {
            long left = deadline.at() - nanoTime.getAsLong();
            if (left <= 0) {
                throw deadline.missed("ranker [" + target + "] did not answer in time");
            }
            try {
                return call.get(Math.min(left, CHECK_NANOS), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                check.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new RankFailure(FallbackCause.RANKER_UNAVAILABLE, "the node stops", e);
            }
        }
    }

    private static WireResponse read(HttpResponse<byte[]> answer, WireRequest request, URI target) throws RankFailure {
        if (answer.statusCode() != OK) {
            throw refusal(answer, target);
        }
        try {
            return WireResponse.decode(
                    answer.body(), request.candidates().count(), request.identity().requestId());
        } catch (WireException e) {
            throw new RankFailure(FallbackCause.BAD_RESPONSE, "ranker [" + target + "]: " + e.getMessage(), e);
        }
    }

    private static RankFailure refusal(HttpResponse<byte[]> answer, URI target) {
        int status = answer.statusCode();
        FallbackCause cause = FallbackCause.named(answer.headers().firstValue(Wire.CAUSE_HEADER).orElse(null));
        if (cause == FallbackCause.RANKER_ERROR && status >= 400 && status < 500) {
            cause = FallbackCause.BAD_REQUEST; // Its own name for it may be any: the ranker serves, and refuses this.
        }
        // Not the body: statistics show the message, and whoever holds the address could write anything into it.
        return new RankFailure(cause, "ranker [" + target + "] answered [" + status + "], cause [" + cause + "]");
    }

    /** Tells what a call died of; returns the failure that no other exception says better. */
    private static RankFailure failure(Throwable why, URI target, boolean headerCame)
            throws RefusedException, DeadConnectionException {
        for (Throwable e = why; e != null; e = e.getCause()) {
            if (e instanceof LimitedBody.TooLargeException) {
                return new RankFailure(FallbackCause.BAD_RESPONSE, "ranker [" + target + "]: " + e.getMessage(), e);
            }
            if (e instanceof ProtocolException) {
                return new RankFailure(FallbackCause.BAD_RESPONSE, "ranker [" + target + "]: the answer is no HTTP", e);
            }
            if (e instanceof ConnectException) {
                throw new RefusedException(String.valueOf(e.getMessage()));
            }
        }
        String message = why.getClass().getSimpleName() + ": " + why.getMessage();
        boolean noHandshake = why instanceof SSLHandshakeException;
        if (why instanceof IOException && !headerCame && !noHandshake) {
            throw new DeadConnectionException(message);
        }
        return new RankFailure(FallbackCause.RANKER_UNAVAILABLE, "ranker [" + target + "] broke off: " + message, why);
    }

    /** The connection ended before any answer came. */
    private static final class DeadConnectionException extends Exception {
        private static final long serialVersionUID = 1L;

        DeadConnectionException(String message) {
            super(message, null, false, false);
        }
    }

    @Override
    public void close() {
        client.get().shutdownNow();
        executor.shutdownNow();
    }
}
