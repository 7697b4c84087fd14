package org.encore.rank;

import java.net.URI;
import java.util.Collection;
import java.util.Locale;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import org.encore.http.BlockingHttp;
import org.encore.http.HttpAnswer;
import org.encore.http.HttpFailure;
import org.encore.http.Patience;

/**
 * Scoring calls, each within its deadline, on the thread that waits for them.
 *
 * <p>A call may go twice (see {@link BlockingHttp}), which is harmless: a ranker remembers a request's answer.
 * Thread-safe.
 */
final class HttpCalls implements AutoCloseable {
    /** The address takes no connection. */
    static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message, null, false, false);
        }
    }

    private static final int OK = 200;
    private static final long NANOS_A_MILLISECOND = 1_000_000;
    private static final String CONTENT_HEADERS =
            "Content-Type: " + Wire.CONTENT_TYPE + "\r\nAccept: " + Wire.CONTENT_TYPE + "\r\n";

    private final LongSupplier nanoTime;
    private final BlockingHttp http;

    /** Calls with that TLS, or with the platform's own where it is null. */
    HttpCalls(RankStatistics statistics, LongSupplier nanoTime, SSLContext tls) {
        this.nanoTime = nanoTime;
        this.http = new BlockingHttp(tls, nanoTime, statistics::retried);
    }

    /** Lets go of connections to other addresses. */
    void retain(Collection<URI> addresses) {
        http.retain(addresses);
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
        Patience patience = patience(deadline, check);
        if (patience.leftNanos() <= 0) {
            throw deadline.missed("no time was left for the ranker");
        }
        String token = options.token() == null ? "" : "Authorization: Bearer " + options.token() + "\r\n";
        try {
            HttpAnswer answer = http.post(
                    target,
                    () -> CONTENT_HEADERS + token + deadlineHeader(patience.leftNanos()),
                    body,
                    options.maxResponseBytes(),
                    patience);
            return read(answer, request, target);
        } catch (HttpFailure e) {
            throw failure(e, target, deadline);
        }
    }

    private Patience patience(Deadline deadline, RankerClient.Check check) {
        return new Patience() {
            @Override
            public long leftNanos() {
                return deadline.at() - nanoTime.getAsLong();
            }

            @Override
            public void check() {
                check.run();
            }
        };
    }

    private static String deadlineHeader(long leftNanos) {
        return Wire.DEADLINE_HEADER + ": " + Math.max(1, leftNanos / NANOS_A_MILLISECOND) + "\r\n";
    }

    private static WireResponse read(HttpAnswer answer, WireRequest request, URI target) throws RankFailure {
        if (answer.status() != OK) {
            throw refusal(answer, target);
        }
        try {
            return WireResponse.decode(
                    answer.body(), request.candidates().count(), request.identity().requestId());
        } catch (WireException e) {
            throw new RankFailure(FallbackCause.BAD_RESPONSE, "ranker [" + target + "]: " + e.getMessage(), e);
        }
    }

    private static RankFailure refusal(HttpAnswer answer, URI target) {
        int status = answer.status();
        FallbackCause cause = FallbackCause.named(answer.headers().get(Wire.CAUSE_HEADER.toLowerCase(Locale.ROOT)));
        if (cause == FallbackCause.RANKER_ERROR && status >= 400 && status < 500) {
            cause = FallbackCause.BAD_REQUEST; // Its own name for it may be any: the ranker serves, and refuses this.
        }
        // Not the body: statistics show the message, and whoever holds the address could write anything into it.
        return new RankFailure(cause, "ranker [" + target + "] answered [" + status + "], cause [" + cause + "]");
    }

    private static RankFailure failure(HttpFailure why, URI target, Deadline deadline) throws RefusedException {
        String ranker = "ranker [" + target + "]";
        return switch (why) {
            case HttpFailure.Refused e -> throw new RefusedException(e.getMessage());
            case HttpFailure.TimeUp e -> deadline.missed(ranker + " did not answer in time");
            case HttpFailure.BadAnswer e -> new RankFailure(FallbackCause.BAD_RESPONSE, ranker + ": " + e.getMessage(), e);
            case HttpFailure.Closed e ->
                new RankFailure(FallbackCause.RANKER_UNAVAILABLE, ranker + " closes: " + e.getMessage(), e);
            case HttpFailure.BrokenOff e ->
                new RankFailure(FallbackCause.RANKER_UNAVAILABLE, ranker + " broke off: " + e.getMessage(), e);
            case HttpFailure.Interrupted e -> new RankFailure(FallbackCause.RANKER_UNAVAILABLE, "the node stops", e);
        };
    }

    @Override
    public void close() {
        http.close();
    }
}
