package org.encore.text;

/** A text, normalised, and its parts: what both modes begin with. */
record CutText(String source, Normalized text, Spans parts) {}
