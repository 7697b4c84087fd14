package org.encore.plan;

/** What an entity of the text can be. */
public enum EntityKind {
    ARTIST("artist"),
    SONG("song"),
    VERSION("version"),
    STYLE("style"),
    LANGUAGE("language");

    private final String wireName;

    EntityKind(String wireName) {
        this.wireName = wireName;
    }

    /** The name that plans and named queries use. */
    public String wireName() {
        return wireName;
    }

    /** The kind of that name, or null. */
    static EntityKind named(String name) {
        for (EntityKind kind : values()) {
            if (kind.wireName.equals(name)) {
                return kind;
            }
        }
        return null;
    }
}
