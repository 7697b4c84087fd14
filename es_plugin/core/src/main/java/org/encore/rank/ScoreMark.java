package org.encore.rank;

/** How a fine score came about, in the words of the wire and of the hit's mark. */
public enum ScoreMark {
    /** The models scored the candidate for this call. */
    SCORED("scored"),
    /** The ranker knew the candidate from an earlier page of the same request. */
    STORED("stored");

    private final String wireName;

    ScoreMark(String wireName) {
        this.wireName = wireName;
    }

    /** The name that a person and the wire see. */
    public String wireName() {
        return wireName;
    }
}
