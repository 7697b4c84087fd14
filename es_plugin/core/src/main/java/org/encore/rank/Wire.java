package org.encore.rank;

/** What both directions of the wire between plugin and ranker share, version 1. Little-endian. */
public final class Wire {
    public static final int VERSION = 1;
    /** The path of the scoring call. */
    public static final String PATH = "/v1/score";
    public static final String CONTENT_TYPE = "application/vnd.encore.score.v1+binary";
    /** Header of a request: milliseconds left, an integer. */
    public static final String DEADLINE_HEADER = "X-Encore-Deadline-Ms";
    /** Header of a failed answer: the name of a {@link FallbackCause}. */
    public static final String CAUSE_HEADER = "X-Encore-Cause";

    /** Most candidates of a call. */
    public static final int MAX_CANDIDATES = 1_000;
    /** Most bytes of a request body. */
    public static final int MAX_REQUEST_BYTES = 1 << 20;

    /** Bit 0 of the flags: the request wants, the answer has, the parts of each score. */
    public static final int EXPLAIN = 1;

    /** "ENCQ" read as a little-endian int. */
    static final int REQUEST_MAGIC = 'E' | 'N' << 8 | 'C' << 16 | 'Q' << 24;
    /** "ENCR" read as a little-endian int. */
    static final int RESPONSE_MAGIC = 'E' | 'N' << 8 | 'C' << 16 | 'R' << 24;
    /** magic, version u16, flags u16, n u32, meta bytes u32, id bytes u32. */
    static final int REQUEST_HEADER_BYTES = 20;
    /** magic, version u16, flags u16, n u32, meta bytes u32. */
    static final int RESPONSE_HEADER_BYTES = 16;

    private Wire() {}
}
