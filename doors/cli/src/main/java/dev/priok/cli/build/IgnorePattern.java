package dev.priok.cli.build;

import java.util.BitSet;

/**
 * One line of a .dockerignore file. {@code *} and {@code ?} stay inside a path's segment, {@code **} crosses any number of
 * them, {@code [a-z]} and {@code [^a-z]} are classes, {@code \} escapes.
 *
 * @param text the pattern, cleaned
 * @param isException whether a match brings the path back
 * @see <a href="https://docs.docker.com/build/concepts/context/#dockerignore-files">dockerignore files</a>
 */
record IgnorePattern(String text, boolean isException) {
    /** Whether the pattern matches this very path; parents are the caller's business. */
    boolean matches(String path) {
        return new Matching(path).from(0, 0);
    }

    /** The part before the first character that has a meaning of its own. */
    String fixedPrefix() {
        int at = 0;
        while (at < text.length() && "*?[\\".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return text.substring(0, at);
    }

    /** Remembers dead ends, so that many stars cost a product and no power. */
    private final class Matching {
        private final String path;
        private final BitSet failed;

        Matching(String path) {
            this.path = path;
            this.failed = new BitSet();
        }

        boolean from(int at, int pathAt) {
            int key = at * (path.length() + 1) + pathAt;
            if (failed.get(key)) {
                return false;
            }
            boolean matches = tryFrom(at, pathAt);
            if (!matches) {
                failed.set(key);
            }
            return matches;
        }

        private boolean tryFrom(int at, int pathAt) {
            if (at == text.length()) {
                return pathAt == path.length();
            }
            char c = text.charAt(at);
            if (c == '*') {
                return text.startsWith("**", at) ? doubleStar(at, pathAt) : star(at + 1, pathAt);
            }
            if (pathAt == path.length()) {
                return false;
            }
            char actual = path.charAt(pathAt);
            return switch (c) {
                case '?' -> actual != '/' && from(at + 1, pathAt + 1);
                case '[' -> {
                    int end = classEnd(text, at);
                    yield actual != '/' && inClass(at, end, actual) && from(end + 1, pathAt + 1);
                }
                case '\\' -> at + 1 < text.length() && text.charAt(at + 1) == actual && from(at + 2, pathAt + 1);
                default -> c == actual && from(at + 1, pathAt + 1);
            };
        }

        private boolean star(int after, int pathAt) {
            for (int i = pathAt; ; i++) {
                if (from(after, i)) {
                    return true;
                }
                if (i == path.length() || path.charAt(i) == '/') {
                    return false;
                }
            }
        }

        /** At the end everything matches; elsewhere any number of whole segments. */
        private boolean doubleStar(int at, int pathAt) {
            int after = at + 2;
            if (after < text.length() && text.charAt(after) == '/') {
                after++;
            }
            if (after == text.length()) {
                return true;
            }
            if (from(after, pathAt)) {
                return true;
            }
            for (int slash = path.indexOf('/', pathAt); slash >= 0; slash = path.indexOf('/', slash + 1)) {
                if (from(after, slash + 1)) {
                    return true;
                }
            }
            return false;
        }

        private boolean inClass(int open, int close, char actual) {
            int at = open + 1;
            boolean isNegated = text.charAt(at) == '^' || text.charAt(at) == '!';
            if (isNegated) {
                at++;
            }
            boolean isIn = false;
            while (at < close) {
                at += text.charAt(at) == '\\' ? 1 : 0;
                char low = text.charAt(at++);
                char high = low;
                if (at + 1 < close && text.charAt(at) == '-') {
                    at++;
                    at += text.charAt(at) == '\\' ? 1 : 0;
                    high = text.charAt(at++);
                }
                isIn |= actual >= low && actual <= high;
            }
            return isIn != isNegated;
        }
    }

    /** Index of the bracket that closes a class; -1 when none does. */
    static int classEnd(String text, int open) {
        int at = open + 1;
        if (at < text.length() && (text.charAt(at) == '^' || text.charAt(at) == '!')) {
            at++;
        }
        int first = at;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == ']' && at > first) {
                return at;
            }
            at += c == '\\' ? 2 : 1;
        }
        return -1;
    }
}
