package dev.priok.build.dockerfile;

import dev.priok.core.Failure;

/**
 * Where in a Dockerfile something stands.
 *
 * @param file name of the Dockerfile, for people
 * @param first line number, from 1
 * @param last line number, inclusive
 */
public record SourceRange(String file, int first, int last) {
    /** A failure about the text in this range. */
    public Failure failure(String message) {
        return Failure.invalid("%s", "dockerfile parse error on line " + first + ": " + message + " (" + this + ")");
    }

    /** {@code Dockerfile:3} or {@code Dockerfile:3-5}. */
    @Override
    public String toString() {
        return first == last ? file + ":" + first : file + ":" + first + "-" + last;
    }
}
