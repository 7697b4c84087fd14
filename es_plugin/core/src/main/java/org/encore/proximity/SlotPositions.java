package org.encore.proximity;

import java.io.IOException;

/** The positions at which one document holds one slot, read once, upwards. */
interface SlotPositions {
    /** What {@link #next()} says after the last position. */
    int NO_MORE = Integer.MAX_VALUE;

    /** Which slot of the query this is, counted from 0 in the query's order. */
    int slot();

    /** The slot's weight in the query. */
    int weight();

    /** The next position, above the last one given, or {@link #NO_MORE}. */
    int next() throws IOException;
}
