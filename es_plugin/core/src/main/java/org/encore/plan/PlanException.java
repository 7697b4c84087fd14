package org.encore.plan;

/** A plan that isn't exactly one of this schema; the message names the field and what is wrong with it. */
public final class PlanException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String where;

    PlanException(String where, String reason) {
        super(where.isEmpty() ? "no plan: [" + reason + "]" : "the plan is wrong at [" + where + "]: [" + reason + "]", null, false, false);
        this.where = where;
    }

    /** The field, as in {@code entities[1].trust}; empty for the whole. */
    public String where() {
        return where;
    }
}
