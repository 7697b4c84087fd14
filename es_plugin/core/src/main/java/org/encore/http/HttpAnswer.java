package org.encore.http;

import java.util.Map;

/**
 * An answer, read to its end.
 *
 * @param status  200, 503…
 * @param headers by name in lower case; of a repeated name the first
 * @param body    not copied: don't write to it
 */
public record HttpAnswer(int status, Map<String, String> headers, byte[] body) {}
