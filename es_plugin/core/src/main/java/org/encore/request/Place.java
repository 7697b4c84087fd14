package org.encore.request;

/**
 * A place in a request's text.
 *
 * @param line   from 1
 * @param column from 1
 */
public record Place(int line, int column) {}
