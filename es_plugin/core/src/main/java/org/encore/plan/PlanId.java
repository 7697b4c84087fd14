package org.encore.plan;

import java.security.SecureRandom;
import java.util.Base64;

/** Ids of searches: 120 random bits in 20 characters that travel in headers and URLs without an escape. */
final class PlanId {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int BYTES = 15;

    private PlanId() {}

    static String fresh() {
        byte[] bits = new byte[BYTES];
        RANDOM.nextBytes(bits);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    }
}
