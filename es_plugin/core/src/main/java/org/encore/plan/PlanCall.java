package org.encore.plan;

import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLHandshakeException;
import org.encore.rank.CircuitBreaker;
import org.encore.rank.Deadline;
import org.encore.rank.Endpoint;
import org.encore.rank.FallbackCause;
import org.encore.rank.RankFailure;
import org.encore.rank.RankerClient;
import org.encore.rank.RankerOptions;
import org.encore.rank.Wire;

/**
 * One call for a plan, from its first address to its one end.
 *
 * <p>An address that refuses the connection hands over to the next one; a connection that ends before any answer came may
 * have died idle, and the call goes once more to the same address on a fresh one; nothing else is tried twice. The
 * end, whatever it is, comes once: {@link #finish} tells the circuit, drops what is under way and completes the result.
 */
final class PlanCall {
    static final String PATH = "/v1/understand";
    private static final String JSON = "application/json";
    private static final int OK = 200;
    /** How often a waiting call looks whether its search was cancelled. */
    private static final long CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final PlanClient client;
    private final PlanRequest request;
    private final RankerOptions options;
    private final Deadline deadline;
    private final BooleanSupplier cancelled;
    private final byte[] body;
    private final CompletableFuture<QueryPlan> result = new CompletableFuture<>();
    private final AtomicBoolean ended = new AtomicBoolean();

    private Iterator<Endpoint> addresses;
    private RankFailure refused;
    /** What is under way now; a later part of the call replaces both, and only then an earlier part ends. */
    private volatile CompletableFuture<?> sent;
    private volatile Attempt attempt;

    /** One address that is being asked. */
    private record Attempt(Endpoint endpoint, CircuitBreaker.Permit permit, boolean isRetry) {}

    PlanCall(PlanClient client, PlanRequest request, long searchDeadline, BooleanSupplier cancelled) {
        this.client = client;
        this.request = request;
        this.options = client.rankers().options();
        this.deadline = Deadline.of(System.nanoTime(), options.timeoutNanos(), searchDeadline);
        this.cancelled = cancelled;
        this.body = request.toJson().getBytes(StandardCharsets.UTF_8);
    }

    CompletableFuture<QueryPlan> result() {
        return result;
    }

    void start() {
        addresses = client.rankers().order(request.requestId()).iterator();
        if (!addresses.hasNext()) {
            fail(new RankFailure(FallbackCause.RANKER_UNAVAILABLE, "no ranker address is configured"));
            return;
        }
        check();
        next();
    }

    /** Looks at the clock and at the search, and comes again. */
    private void check() {
        if (ended.get()) {
            return;
        }
        long left = deadline.at() - System.nanoTime();
        if (cancelled.getAsBoolean()) {
            finish(FallbackCause.Health.UNKNOWN, null, new CancellationException("the search was cancelled"));
        } else if (left <= 0) {
            Attempt now = attempt;
            fail(deadline.missed(
                    now == null ? "no time was left for the ranker" : "ranker [" + target(now) + "] did not answer in time"));
        } else {
            try {
                client.timer().schedule(this::check, Math.min(left, CHECK_NANOS), TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException e) {
                fail(new RankFailure(FallbackCause.RANKER_UNAVAILABLE, "the node stops", e));
            }
        }
    }

    /** Asks the next address whose circuit lets a call pass. */
    private void next() {
        while (!ended.get() && addresses.hasNext()) {
            Endpoint endpoint = addresses.next();
            CircuitBreaker.Permit permit = endpoint.breaker().tryAcquire();
            if (permit != null) {
                if (refused != null) {
                    client.statistics().failedOver();
                }
                send(client.http(), new Attempt(endpoint, permit, false));
                return;
            }
        }
        fail(refused != null
                ? refused
                : new RankFailure(
                        FallbackCause.CIRCUIT_OPEN, "the ranker failed lately and is not asked until its next probe"));
    }

    private void send(HttpClient http, Attempt now) {
        attempt = now;
        AtomicBoolean headCame = new AtomicBoolean();
        CompletableFuture<HttpResponse<byte[]>> call;
        try {
            call = http.sendAsync(
                    httpRequest(target(now)), LimitedAnswer.handler(options.maxResponseBytes(), () -> headCame.set(true)));
        } catch (RuntimeException e) {
            fail(new RankFailure(FallbackCause.INTERNAL_ERROR, "the call of [" + target(now) + "] failed: " + e, e));
            return;
        }
        sent = call;
        if (ended.get()) {
            call.cancel(true); // It ended meanwhile, and may not have seen this attempt; a permit may be told twice.
            now.endpoint.breaker().ended(now.permit);
        }
        call.whenComplete((answer, why) -> {
            try {
                if (why == null) {
                    read(answer, now);
                } else {
                    broken(why instanceof CompletionException ? why.getCause() : why, http, now, headCame.get());
                }
            } catch (RuntimeException e) {
                fail(new RankFailure(FallbackCause.INTERNAL_ERROR, "the answer of [" + target(now) + "] failed: " + e, e));
            }
        });
    }

    private static URI target(Attempt now) {
        return now.endpoint.address().resolve(PATH);
    }

    private HttpRequest httpRequest(URI target) {
        long left = Math.max(1, Duration.ofNanos(deadline.at() - System.nanoTime()).toMillis());
        HttpRequest.Builder http = HttpRequest.newBuilder(target)
                .header("Content-Type", JSON)
                .header("Accept", JSON)
                .header(Wire.DEADLINE_HEADER, Long.toString(left))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        if (options.token() != null) {
            http.header("Authorization", "Bearer " + options.token());
        }
        return http.build();
    }

    private void read(HttpResponse<byte[]> answer, Attempt now) {
        int status = answer.statusCode();
        if (status != OK) {
            FallbackCause cause = FallbackCause.named(answer.headers().firstValue(Wire.CAUSE_HEADER).orElse(null));
            if (cause == FallbackCause.RANKER_ERROR && status >= 400 && status < 500) {
                cause = FallbackCause.BAD_REQUEST; // Its own name for it may be any: the ranker serves, and refuses this.
            }
            // Not the body: statistics show the message, and whoever holds the address could write anything into it.
            fail(new RankFailure(cause, "ranker [" + target(now) + "] answered [" + status + "], cause [" + cause + "]"));
            return;
        }
        try {
            QueryPlan plan = QueryPlan.read(answer.body());
            finish(FallbackCause.Health.ALIVE, plan, null);
        } catch (PlanException e) {
            // Where it is wrong, not what it says there.
            String where = e.where().isEmpty() ? "no plan" : "a plan that is wrong at [" + e.where() + "]";
            fail(new RankFailure(FallbackCause.BAD_PLAN, "ranker [" + target(now) + "] answered " + where, e));
        }
    }

    private void broken(Throwable why, HttpClient http, Attempt now, boolean headCame) {
        if (ended.get()) {
            return;
        }
        for (Throwable e = why; e != null; e = e.getCause()) {
            if (e instanceof LimitedAnswer.TooLargeException) {
                fail(new RankFailure(FallbackCause.BAD_RESPONSE, "ranker [" + target(now) + "]: " + e.getMessage(), e));
                return;
            }
            if (e instanceof ProtocolException) {
                fail(new RankFailure(FallbackCause.BAD_RESPONSE, "ranker [" + target(now) + "]: the answer is no HTTP", e));
                return;
            }
            if (e instanceof ConnectException) {
                now.endpoint.breaker().failed(now.permit);
                attempt = null;
                refused = new RankFailure(
                        FallbackCause.RANKER_UNAVAILABLE, "ranker [" + now.endpoint.address() + "] refuses: " + e.getMessage());
                next();
                return;
            }
        }
        boolean mayHaveDiedIdle = why instanceof IOException && !headCame && !(why instanceof SSLHandshakeException);
        if (mayHaveDiedIdle && !now.isRetry) {
            client.statistics().retried();
            send(client.httpAfter(http), new Attempt(now.endpoint, now.permit, true));
            return;
        }
        String message = why.getClass().getSimpleName() + ": " + why.getMessage();
        fail(new RankFailure(FallbackCause.RANKER_UNAVAILABLE, "ranker [" + target(now) + "] broke off: " + message, why));
    }

    private void fail(RankFailure failure) {
        finish(RankerClient.health(failure.fallbackCause(), deadline), null, failure);
    }

    private void finish(FallbackCause.Health health, QueryPlan plan, Exception why) {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        Attempt now = attempt;
        if (now != null) {
            switch (health) {
                case ALIVE -> now.endpoint.breaker().succeeded(now.permit);
                case SICK -> now.endpoint.breaker().failed(now.permit);
                case UNKNOWN -> now.endpoint.breaker().ended(now.permit);
            }
        }
        CompletableFuture<?> underWay = sent;
        if (underWay != null && !underWay.isDone()) {
            underWay.cancel(true);
        }
        if (why == null) {
            result.complete(plan);
        } else {
            result.completeExceptionally(why);
        }
    }
}
