package org.encore.rescore;

import java.security.SecureRandom;
import java.util.Base64;

/** Makes ids that nobody has or guesses: 120 random bits in 20 characters that need no escape in headers and URLs. */
public final class FreshId {
    private static final int BYTES = 15;
    private static final SecureRandom RANDOM = new SecureRandom();

    private FreshId() {}

    /** The next one. */
    public static String next() {
        byte[] bits = new byte[BYTES];
        RANDOM.nextBytes(bits);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    }
}
