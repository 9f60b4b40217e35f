package dev.priok.snapshot.internal;

import dev.priok.core.Failure;

/**
 * A member's path, cleaned: relative to the root, without {@code .} and empty parts.
 *
 * @param folder the folder that it is in; empty for the root
 * @param name its last part; empty for the root itself
 */
record TarPath(String folder, String name) {
    /**
     * Cleans a path that stands in a tar; one that begins with a slash is taken from the root.
     *
     * @throws Failure of kind {@link Failure.Kind#INVALID} when it climbs with {@code ..} or holds a NUL
     */
    static TarPath of(String raw) {
        StringBuilder clean = new StringBuilder(raw.length());
        int from = 0;
        while (from < raw.length()) {
            int slash = raw.indexOf('/', from);
            int to = slash < 0 ? raw.length() : slash;
            String part = raw.substring(from, to);
            if (part.equals("..")) {
                throw Failure.invalid("invalid tar: %s is outside of the root", raw);
            }
            if (!part.isEmpty() && !part.equals(".")) {
                clean.append(clean.isEmpty() ? "" : "/").append(part);
            }
            from = to + 1;
        }
        if (clean.indexOf("\0") >= 0) {
            throw Failure.invalid("invalid tar: a NUL in a name");
        }
        return split(clean.toString());
    }

    /** Splits a clean path. */
    static TarPath split(String clean) {
        int slash = clean.lastIndexOf('/');
        return slash < 0 ? new TarPath("", clean) : new TarPath(clean.substring(0, slash), clean.substring(slash + 1));
    }

    boolean isRoot() {
        return name.isEmpty();
    }

    String whole() {
        return folder.isEmpty() ? name : folder + "/" + name;
    }
}
