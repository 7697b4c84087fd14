package org.encore.rerank;

import java.io.IOException;
import org.encore.request.RequestReader;
import org.encore.rescore.SearchFields;

/** Reads an object of the search API that asks for a global rank, and refuses what it does not know. */
public final class RerankParser {
    /** The window's field, as the engine's own retrievers name it. */
    public static final String WINDOW = "rank_window_size";
    /** As much as the ranker orders well within the default deadline. */
    static final int DEFAULT_WINDOW = 500;

    private RerankParser() {}

    /** What an engine takes beside the fields that all have. */
    public interface More {
        /** Their names, for messages. */
        String names();

        /** Takes the reader's field if it is one of these; else leaves it where it is and says no. */
        boolean take(RequestReader reader) throws IOException;
    }

    /**
     * The values of the reader's object.
     *
     * @param owner the object's name, with which messages begin
     * @throws org.encore.request.RequestException it is wrong
     */
    public static RerankRequest parse(String owner, RequestReader reader, More more) throws IOException {
        SearchFields fields = new SearchFields();
        long window = DEFAULT_WINDOW;
        while (reader.nextField()) {
            if (reader.name().equals(WINDOW)) {
                window = reader.integer();
            } else if (!fields.take(reader) && !more.take(reader)) {
                throw reader.refused("does not know [" + reader.name() + "]: it takes [" + SearchFields.NAMES + ", " + WINDOW
                        + ", " + more.names() + "]");
            }
        }
        try {
            RerankRequest.checkWindow(owner, window);
            return new RerankRequest(fields.request(owner), (int) window);
        } catch (IllegalArgumentException e) {
            throw reader.refused(reader.place(), e);
        }
    }
}
