package org.encore.rank;

import java.net.URI;

/** One ranker's address and what is known of its health. */
record Endpoint(URI address, URI target, CircuitBreaker breaker) {
    Endpoint(URI address, CircuitBreaker breaker) {
        this(address, address.resolve(Wire.PATH), breaker);
    }
}
