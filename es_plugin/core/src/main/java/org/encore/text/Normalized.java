package org.encore.text;

/**
 * A normalised text as code points, each with the span of the source that it came from.
 *
 * <p>{@code codePoints}, {@code starts} and {@code ends} hold {@code length} entries, perhaps with room behind
 * them. Spans are in UTF-16 units of the source, end exclusive, and never decrease. Every code point of a
 * match has the whole span of the match.
 */
public record Normalized(int[] codePoints, int[] starts, int[] ends, int length) {
    /** The part from code point {@code start} to {@code end} (exclusive) as a string. */
    public String text(int start, int end) {
        StringBuilder out = new StringBuilder(end - start);
        for (int i = start; i < end; i++) {
            out.appendCodePoint(codePoints[i]);
        }
        return out.toString();
    }
}
