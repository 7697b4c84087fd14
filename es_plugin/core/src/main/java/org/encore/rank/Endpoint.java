package org.encore.rank;

import java.net.URI;

/**
 * One ranker's address and what is known of its health.
 *
 * @param address where it listens
 * @param target  where scoring calls go
 * @param breaker its circuit, which all calls to the address share
 */
public record Endpoint(URI address, URI target, CircuitBreaker breaker) {
    Endpoint(URI address, CircuitBreaker breaker) {
        this(address, address.resolve(Wire.PATH), breaker);
    }
}
