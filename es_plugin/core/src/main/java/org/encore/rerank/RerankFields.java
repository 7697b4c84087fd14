package org.encore.rerank;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.encore.plan.RecallRequest;
import org.encore.request.RequestReader;
import org.encore.rescore.SearchFields;

/**
 * The fields of an object that asks for a global rank, as far as they are there: a pipeline may know some, a search the
 * others. Gathers them, one object a reader.
 */
public final class RerankFields {
    /** The window's field, as the engine's own retrievers name it. */
    public static final String WINDOW = "rank_window_size";
    /** As much as the ranker orders well within the default deadline. */
    static final int DEFAULT_WINDOW = 500;

    private static final String MIN_SCORE = "min_score";

    private final String owner;
    private final SearchFields search = new SearchFields();
    private Integer window;
    private Float minScore;

    private RerankFields(String owner) {
        this.owner = owner;
    }

    /** None yet; messages begin with the object's name. */
    public static RerankFields none(String owner) {
        return new RerankFields(owner);
    }

    /** What an engine takes beside the fields that all have. */
    public interface More {
        /** Nothing. */
        More NONE = new More() {
            @Override
            public String names() {
                return "";
            }

            @Override
            public boolean take(RequestReader reader) {
                return false;
            }
        };

        /** Their names, for messages, each before the others'. */
        String names();

        /** Takes the reader's field if it is one of these; else leaves it where it is and says no. */
        boolean take(RequestReader reader) throws IOException;
    }

    /**
     * The values of the reader's object.
     *
     * @throws org.encore.request.RequestException one is wrong
     */
    public static RerankFields read(String owner, RequestReader reader, More more) throws IOException {
        RerankFields fields = new RerankFields(owner);
        while (reader.nextField()) {
            switch (reader.name()) {
                case WINDOW -> fields.window = window(owner, reader);
                case MIN_SCORE -> fields.minScore = reader.number();
                default -> {
                    if (!fields.search.take(reader) && !more.take(reader)) {
                        throw reader.refused("does not know [" + reader.name() + "]: it takes [" + more.names()
                                + SearchFields.NAMES + ", " + WINDOW + ", " + MIN_SCORE + "]");
                    }
                }
            }
        }
        return fields;
    }

    private static int window(String owner, RequestReader reader) throws IOException {
        long asked = reader.integer();
        try {
            RerankRequest.checkWindow(owner, asked);
        } catch (IllegalArgumentException e) {
            throw reader.refused(reader.place(), e);
        }
        return (int) asked;
    }

    /** Takes each value that is missing from there. */
    public RerankFields fillFrom(RerankFields other) {
        search.fillFrom(other.search);
        window = window != null ? window : other.window;
        minScore = minScore != null ? minScore : other.minScore;
        return this;
    }

    /** Takes each value that is missing from the clause that finds the hits; null for none. */
    public RerankFields fillFrom(RecallRequest recall) {
        if (recall != null) {
            search.fillFrom(SearchFields.of(recall));
        }
        return this;
    }

    /** Whether it is said what is searched for. */
    public boolean hasQuery() {
        return search.hasQuery();
    }

    /**
     * The request of these fields.
     *
     * @throws IllegalArgumentException a value is wrong or missing
     */
    public RerankRequest request() {
        return new RerankRequest(search.request(owner), window == null ? DEFAULT_WINDOW : window, minScore);
    }

    /** What is there, under the names of the search API. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>(search.toMap());
        if (window != null) {
            map.put(WINDOW, window);
        }
        if (minScore != null) {
            map.put(MIN_SCORE, minScore);
        }
        return map;
    }
}
