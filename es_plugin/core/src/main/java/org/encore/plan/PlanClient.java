package org.encore.plan;

import java.net.http.HttpClient;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLContext;
import org.encore.rank.FallbackCause;
import org.encore.rank.RankFailure;
import org.encore.rank.RankerClient;

/**
 * Asks a ranker for plans without holding a thread.
 *
 * <p>The rankers, their order, their circuits, the deadline, the token and the answer's limit are those of the calls for
 * scores ({@link RankerClient}); the bound on calls in flight is its own, since a waiting call here costs a socket and
 * no thread. Thread-safe. What it returns completes on a thread of its own, which must not be kept.
 */
public final class PlanClient implements AutoCloseable {
    /** Waiting searches beyond it mean that the ranker is far behind. */
    private static final int MOST_IN_FLIGHT = 256;

    private final RankerClient rankers;
    private final PlanStatistics statistics;
    private final SSLContext tls;
    private final ExecutorService executor;
    private final ScheduledThreadPoolExecutor timer;
    private final AtomicReference<HttpClient> http;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final int mostInFlight;

    /**
     * A client without a connection yet.
     *
     * @param rankers knows the addresses and their health
     * @param tls     what https addresses are spoken to with, or null for the platform's own
     */
    public PlanClient(RankerClient rankers, PlanStatistics statistics, SSLContext tls) {
        this(rankers, statistics, tls, MOST_IN_FLIGHT);
    }

    PlanClient(RankerClient rankers, PlanStatistics statistics, SSLContext tls, int mostInFlight) {
        this.rankers = rankers;
        this.statistics = statistics;
        this.tls = tls;
        this.mostInFlight = mostInFlight;
        // The client's default executor was seen to hang; daemon threads don't keep a node from stopping.
        this.executor = Executors.newCachedThreadPool(threads("encore-plan-"));
        this.timer = new ScheduledThreadPoolExecutor(1, threads("encore-plan-timer-"));
        timer.setRemoveOnCancelPolicy(true);
        this.http = new AtomicReference<>(newHttp());
    }

    private static ThreadFactory threads(String prefix) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, prefix + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    private HttpClient newHttp() {
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

    /**
     * The plan, or a {@link RankFailure} that says why there is none, or a
     * {@link java.util.concurrent.CancellationException} once the search is found cancelled.
     *
     * @param searchDeadline {@code System.nanoTime()} at which the search's own timeout is over, or
     *                       {@link org.encore.rank.Deadline#NONE}
     * @param cancelled      whether the search is cancelled; asked every few milliseconds
     */
    public CompletableFuture<QueryPlan> ask(PlanRequest request, long searchDeadline, BooleanSupplier cancelled) {
        if (inFlight.incrementAndGet() > mostInFlight) {
            inFlight.decrementAndGet();
            return CompletableFuture.failedFuture(
                    new RankFailure(FallbackCause.OVERLOADED, "[" + mostInFlight + "] calls for plans are in flight already"));
        }
        PlanCall call = new PlanCall(this, request, searchDeadline, cancelled);
        call.result().whenComplete((plan, why) -> inFlight.decrementAndGet());
        call.start();
        return call.result();
    }

    RankerClient rankers() {
        return rankers;
    }

    PlanStatistics statistics() {
        return statistics;
    }

    ScheduledThreadPoolExecutor timer() {
        return timer;
    }

    /** The pool of connections now. */
    HttpClient http() {
        return http.get();
    }

    /**
     * The pool that follows {@code dead}, of which a connection turned out dead: the others in it died of the same. Of
     * several calls that saw it, the first makes the next.
     */
    HttpClient httpAfter(HttpClient dead) {
        HttpClient fresh = newHttp();
        HttpClient current = http.compareAndExchange(dead, fresh);
        if (current == dead) {
            dead.shutdown(); // Calls in flight on its living connections still end.
            return fresh;
        }
        fresh.shutdownNow();
        return current;
    }

    /** Calls in flight now. */
    public int inFlight() {
        return inFlight.get();
    }

    @Override
    public void close() {
        timer.shutdownNow();
        http.get().shutdownNow();
        executor.shutdownNow();
    }
}
