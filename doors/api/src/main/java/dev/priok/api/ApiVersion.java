package dev.priok.api;

import dev.priok.core.Failure;
import java.util.regex.Pattern;

/**
 * A version of the Engine API, such as 1.51. The numbers are compared as numbers: 1.9 is older than 1.24.
 *
 * @param major always 1 so far
 * @param minor grows with every release that changes the API
 */
public record ApiVersion(int major, int minor) implements Comparable<ApiVersion> {
    /** The newest version that this daemon speaks, and what a path without version means. */
    public static final ApiVersion CURRENT = new ApiVersion(1, 51);

    /** The oldest version that is answered; older clients expect documents that nobody can make any more. */
    public static final ApiVersion MINIMUM = new ApiVersion(1, 24);

    /** Nine digits are far above any version and fit an int. */
    private static final Pattern WRITTEN = Pattern.compile("(\\d{1,9})\\.(\\d{1,9})(?:\\.\\d{1,9})*");

    /**
     * Reads {@code 1.51}.
     *
     * @throws Failure of kind {@link Failure.Kind#INVALID} when it is not a version
     */
    public static ApiVersion parse(String text) {
        var match = WRITTEN.matcher(text);
        if (!match.matches()) {
            throw Failure.invalid("invalid API version: %s", text);
        }
        return new ApiVersion(Integer.parseInt(match.group(1)), Integer.parseInt(match.group(2)));
    }

    /** Whether this is the given minor version of 1, or newer. */
    public boolean atLeast(int minor) {
        return compareTo(new ApiVersion(1, minor)) >= 0;
    }

    @Override
    public int compareTo(ApiVersion other) {
        return major != other.major ? Integer.compare(major, other.major) : Integer.compare(minor, other.minor);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }

    /**
     * The version of the engine as clients read it: the Docker release whose API this is, and this product behind it. Clients such
     * as Testcontainers refuse an engine whose number is lower than they know.
     */
    public static String dockerRelease(String productVersion) {
        return "28.5.2+priok." + productVersion;
    }
}
