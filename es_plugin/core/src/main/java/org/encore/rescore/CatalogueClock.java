package org.encore.rescore;

import java.util.function.LongSupplier;

/**
 * Tells the time of a search: the wall clock, moved by the {@code clock_offset_ms} of the index that is searched.
 *
 * <p>Several indices may be searched at once if their clocks agree; if they don't, no one time is right, and the request
 * must bring its own {@code now}. Thread-safe.
 */
public final class CatalogueClock {
    private final LongSupplier wallMillis;

    /** A clock on that wall clock, UTC milliseconds. */
    public CatalogueClock(LongSupplier wallMillis) {
        this.wallMillis = wallMillis;
    }

    /** The searched indices, each asked once. */
    public static final class Search {
        private final String owner;
        private Long offset;
        private String first;

        /** A search by {@code fine_rank}. */
        public Search() {
            this(FineRankParser.OWNER);
        }

        /** A search by the object of that name. */
        public Search(String owner) {
            this.owner = owner;
        }

        /**
         * Adds an index whose clock is that much ahead of the wall clock.
         *
         * @throws IllegalArgumentException an earlier index's clock disagrees
         */
        public void add(String index, long itsOffset) {
            if (offset != null && offset != itsOffset) {
                throw new IllegalArgumentException("[" + owner + "] needs [now]: the clocks of indices [" + first + "] and ["
                        + index + "] differ, [" + offset + "] and [" + itsOffset + "] ms ahead");
            }
            if (offset == null) {
                offset = itsOffset;
                first = index;
            }
        }
    }

    /** UTC milliseconds on the clock of the searched indices. */
    public long now(Search search) {
        return wallMillis.getAsLong() + (search.offset == null ? 0 : search.offset);
    }
}
