package org.encore.text;

import java.util.Locale;

/** How finely a text is cut. */
public enum Mode {
    /** Every part of the text once. */
    CUT,
    /** The parts, and the known words of two and three characters inside them. */
    SEARCH;

    /** The mode of a setting's value, {@code cut} or {@code search}. */
    public static Mode of(String name) {
        for (Mode mode : values()) {
            if (mode.name().toLowerCase(Locale.ROOT).equals(name)) {
                return mode;
            }
        }
        throw new IllegalArgumentException("unknown mode [" + name + "]; use [cut] or [search]");
    }
}
