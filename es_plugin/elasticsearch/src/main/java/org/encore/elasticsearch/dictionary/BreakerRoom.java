package org.encore.elasticsearch.dictionary;

import org.elasticsearch.common.breaker.CircuitBreaker;
import org.elasticsearch.indices.breaker.CircuitBreakerService;
import org.encore.dictionary.HeapRoom;

/** Room in the heap, as the engine's circuit breakers see it. */
final class BreakerRoom implements HeapRoom {
    private volatile CircuitBreakerService breakers;

    /** Brings what only transport actions are given. */
    void connect(CircuitBreakerService service) {
        breakers = service;
    }

    @Override
    public Reserved reserve(long bytes) {
        CircuitBreaker breaker = breakers.getBreaker(CircuitBreaker.REQUEST);
        breaker.addEstimateBytesAndMaybeBreak(bytes, "encore dictionary");
        return () -> breaker.addWithoutBreaking(-bytes);
    }
}
