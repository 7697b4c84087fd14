package org.encore.rescore;

import java.io.IOException;
import org.encore.request.RequestReader;

/** Reads the object after {@code "fine_rank":}, and refuses what it does not know. */
public final class FineRankParser {
    static final String OWNER = "fine_rank";

    private FineRankParser() {}

    /**
     * The values of the reader's object.
     *
     * @throws org.encore.request.RequestException it is no {@code fine_rank}
     */
    public static FineRankRequest parse(RequestReader reader) throws IOException {
        SearchFields fields = new SearchFields();
        while (reader.nextField()) {
            if (!fields.take(reader)) {
                throw reader.refused("does not know [" + reader.name() + "]: it takes [" + SearchFields.NAMES + "]");
            }
        }
        try {
            return fields.request(OWNER);
        } catch (IllegalArgumentException e) {
            throw reader.refused(reader.place(), e);
        }
    }
}
