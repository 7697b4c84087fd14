package org.encore.plan;

import java.io.IOException;
import java.util.EnumSet;
import java.util.Map;
import org.encore.request.Place;
import org.encore.request.RequestReader;

/**
 * The object {@code {"text": "…"}} that stands for a text's vector, and what there is in its place: nothing. Nearest
 * neighbours of no vector have no meaning, so that a search which asks for them fails where the ranker does.
 */
public final class TextVector {
    private TextVector() {}

    /**
     * The request for the vector of the reader's object.
     *
     * @throws org.encore.request.RequestException it is none
     */
    public static RecallRequest parse(RequestReader reader) throws IOException {
        Place start = reader.place();
        String text = null;
        while (reader.nextField()) {
            if (!RecallParser.TEXT.equals(reader.name())) {
                throw reader.refused("does not know [" + PlanFields.shown(reader.name()) + "]: it takes [text]");
            }
            text = reader.string();
        }
        try {
            return of(text);
        } catch (IllegalArgumentException e) {
            throw reader.refused(start, e);
        }
    }

    /**
     * The request for the vector of that text.
     *
     * @throws IllegalArgumentException the text is missing, blank or too long
     */
    public static RecallRequest of(String text) {
        return new RecallRequest(text, null, Map.of(), EnumSet.of(Route.VECTOR));
    }

    /**
     * What the searched indices make of it.
     *
     * @throws IllegalArgumentException they have no vectors of texts, or are of several generations
     */
    public static PlanTarget target(SearchPlans search) {
        PlanTarget target = search.target();
        if (target.dimensions() == 0) {
            throw new IllegalArgumentException("[encore] makes a vector for [" + Recall.VECTOR_FIELD
                    + "], which index [" + target.index() + "] lacks");
        }
        return target;
    }

    /** Why there is no vector, and what to do. */
    public static String missing(RecallRequest asked, PlanAnswer answer) {
        return "[encore] has no vector for [" + asked.text() + "] because of [" + answer.cause()
                + "]: search by the query [encore], which goes on by the words alone, or try again";
    }
}
