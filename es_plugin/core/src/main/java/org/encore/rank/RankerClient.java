package org.encore.rank;

import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;

/**
 * Asks a ranker for the fine scores of one shard's candidates, and says within the deadline that it
 * can't.
 *
 * <p>Guards, in this order: a bound on calls in flight (see {@link Places}; without a place it is
 * {@link FallbackCause#OVERLOADED}), a circuit breaker per address, the deadline, the answer's size. An address that refuses the
 * connection hands over to the next one in the request's order; nothing else is tried twice on another
 * address, since a slow ranker's time is the search's.
 *
 * <p>Thread-safe. The calling thread does all the work of a call but connecting.
 */
public final class RankerClient implements AutoCloseable {
    /** Called now and then while a call waits; whatever it throws ends the call and is thrown on. */
    @FunctionalInterface
    public interface Check {
        void run();
    }

    private final RankStatistics statistics;
    private final LongSupplier nanoTime;
    private final HttpCalls calls;
    private final Places places;

    private volatile Configured configured;

    private record Configured(RankerOptions options, List<Endpoint> endpoints) {}

    /**
     * A client without a connection yet.
     *
     * @param tls what https addresses are spoken to with, or null for the platform's own
     */
    public RankerClient(RankerOptions options, RankStatistics statistics, SSLContext tls) {
        this.statistics = statistics;
        this.nanoTime = System::nanoTime;
        this.calls = new HttpCalls(statistics, nanoTime, tls);
        this.places = new Places(options.callsInFlight(), nanoTime);
        this.configured = new Configured(options, endpoints(options, List.of()));
    }

    /** Takes other options from the next call on; an address that stays keeps its circuit. */
    public synchronized void configure(RankerOptions options) {
        configured = new Configured(options, endpoints(options, configured.endpoints));
        places.resize(options.callsInFlight());
        calls.retain(options.addresses());
    }

    private List<Endpoint> endpoints(RankerOptions options, List<Endpoint> known) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (URI address : options.addresses()) {
            Endpoint endpoint = known.stream()
                    .filter(e -> e.address().equals(address))
                    .findFirst()
                    .orElseGet(() -> new Endpoint(
                            address,
                            new CircuitBreaker(options.breakerFailures(), options.probeIntervalNanos(), nanoTime)));
            endpoint.breaker().configure(options.breakerFailures(), options.probeIntervalNanos());
            endpoints.add(endpoint);
        }
        return List.copyOf(endpoints);
    }

    /**
     * Scores the candidates of one shard.
     *
     * @param searchDeadline {@code System.nanoTime()} at which the search's own timeout is over, or
     *                       {@link Deadline#NONE}
     * @param check          looks whether the search is cancelled
     * @throws RankFailure there is no answer; the cause says why
     */
    public WireResponse score(WireRequest request, long searchDeadline, Check check) throws RankFailure {
        Configured now = configured;
        long start = nanoTime.getAsLong();
        Deadline deadline = Deadline.of(start, now.options.timeoutNanos(), searchDeadline);
        // Half of the time at most: a call that begins with less than half can't be expected to end in time.
        places.take((deadline.at() - start) / 2, now.options.timeoutNanos() / 2, check);
        try {
            return scoreBounded(request, now, deadline, check);
        } finally {
            places.leave();
        }
    }

    private WireResponse scoreBounded(WireRequest request, Configured now, Deadline deadline, Check check)
            throws RankFailure {
        byte[] body;
        try {
            body = request.encode();
        } catch (WireException e) {
            throw new RankFailure(FallbackCause.BAD_REQUEST, e.getMessage(), e);
        }
        RankFailure refused = null;
        for (Endpoint endpoint : AddressOrder.of(request.identity().requestId(), now.endpoints)) {
            CircuitBreaker.Permit permit = endpoint.breaker().tryAcquire();
            if (permit == null) {
                continue;
            }
            if (refused != null) {
                statistics.failedOver();
            }
            try {
                return guarded(endpoint, permit, request, body, now.options, deadline, check);
            } catch (HttpCalls.RefusedException e) {
                refused = new RankFailure(
                        FallbackCause.RANKER_UNAVAILABLE, "ranker [" + endpoint.address() + "] refuses: " + e.getMessage());
            }
        }
        if (refused != null) {
            throw refused;
        }
        if (now.endpoints.isEmpty()) {
            throw new RankFailure(FallbackCause.RANKER_UNAVAILABLE, "no ranker address is configured");
        }
        throw new RankFailure(FallbackCause.CIRCUIT_OPEN, "the ranker failed lately and is not asked until its next probe");
    }

    /** One call whose end, whatever it is, the breaker learns. */
    private WireResponse guarded(
            Endpoint endpoint,
            CircuitBreaker.Permit permit,
            WireRequest request,
            byte[] body,
            RankerOptions options,
            Deadline deadline,
            Check check)
            throws RankFailure, HttpCalls.RefusedException {
        FallbackCause.Health health = FallbackCause.Health.UNKNOWN;
        try {
            WireResponse response = calls.score(endpoint.target(), request, body, options, deadline, check);
            health = FallbackCause.Health.ALIVE;
            return response;
        } catch (HttpCalls.RefusedException e) {
            health = FallbackCause.Health.SICK;
            throw e;
        } catch (RankFailure e) {
            health = health(e.fallbackCause(), deadline);
            throw e;
        } finally {
            switch (health) {
                case ALIVE -> endpoint.breaker().succeeded(permit);
                case SICK -> endpoint.breaker().failed(permit);
                case UNKNOWN -> endpoint.breaker().ended(permit);
            }
        }
    }

    /** A search's own timeout blames the ranker only where it left a fair share of the usual time. */
    public static FallbackCause.Health health(FallbackCause cause, Deadline deadline) {
        boolean wasSlow = cause == FallbackCause.SEARCH_TIMEOUT && deadline.isFair();
        return wasSlow ? FallbackCause.Health.SICK : cause.health();
    }

    /** The addresses in the order of that request's id, for calls of another kind to the same rankers. */
    public List<Endpoint> order(String requestId) {
        return AddressOrder.of(requestId, configured.endpoints);
    }

    /** Calls in flight now. */
    public int inFlight() {
        return places.taken();
    }

    /** Calls that wait for one of those to end. */
    public int waiting() {
        return places.waiting();
    }

    /** State of each address's circuit, by address. */
    public Map<String, CircuitBreaker> breakers() {
        Map<String, CircuitBreaker> breakers = new LinkedHashMap<>();
        for (Endpoint endpoint : configured.endpoints) {
            breakers.put(endpoint.address().toString(), endpoint.breaker());
        }
        return breakers;
    }

    /** The options in force. */
    public RankerOptions options() {
        return configured.options;
    }

    @Override
    public void close() {
        calls.close();
    }
}
