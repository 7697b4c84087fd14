package org.encore.http;

/** How long a thread may wait for its peer, and what it looks at meanwhile. */
public interface Patience {
    /** Nanoseconds that are left; none where it is ≤ 0. */
    long leftNanos();

    /** Called at least every 10 ms of waiting; whatever it throws ends the call and is thrown on. */
    void check();
}
