package org.encore.opensearch.dictionary;

import org.encore.dictionary.HeapRoom;
import org.opensearch.core.common.breaker.CircuitBreaker;
import org.opensearch.core.indices.breaker.CircuitBreakerService;

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
