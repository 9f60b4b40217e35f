package dev.priok.build.ignore;

import dev.priok.core.Failure;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A pattern over slash-separated paths: {@code *}, {@code ?} and {@code [...]} stay inside one element, {@code **} is any
 * number of elements, a backslash takes away the meaning of the next character. Most patterns are plain names and are
 * compared without a regular expression.
 */
public final class PathPattern {
    private static final String SPECIAL = "*?[\\";

    private final String literal;
    private final Pattern regex;
    private final boolean isLiteral;

    private PathPattern(String literal, Pattern regex, boolean isLiteral) {
        this.literal = literal;
        this.regex = regex;
        this.isLiteral = isLiteral;
    }

    /**
     * Compiles a cleaned pattern.
     *
     * @param line number in its file, for the message
     * @throws Failure of kind INVALID when it is malformed
     */
    public static PathPattern of(String pattern, int line) {
        boolean plain = pattern.chars().noneMatch(c -> SPECIAL.indexOf(c) >= 0);
        try {
            return new PathPattern(pattern, Pattern.compile(plain ? "" : regex(pattern), Pattern.DOTALL), plain);
        } catch (PatternSyntaxException e) {
            throw new Failure(
                    Failure.Kind.INVALID,
                    "error from .dockerignore line %d: syntax error in pattern: %s".formatted(line, pattern),
                    e);
        }
    }

    private static String regex(String pattern) {
        StringBuilder regex = new StringBuilder();
        int i = 0;
        while (i < pattern.length()) {
            char c = pattern.charAt(i++);
            if (c == '*' && i < pattern.length() && pattern.charAt(i) == '*') {
                while (i < pattern.length() && pattern.charAt(i) == '*') {
                    i++;
                }
                if (i < pattern.length() && pattern.charAt(i) == '/') {
                    i++;
                    regex.append("(?:.*/)?");
                } else {
                    regex.append(".*");
                }
            } else if (c == '*') {
                regex.append("[^/]*");
            } else if (c == '?') {
                regex.append("[^/]");
            } else if (c == '[') {
                i = characterClass(pattern, i, regex);
            } else if (c == '\\') {
                if (i == pattern.length()) {
                    throw new PatternSyntaxException("trailing backslash", pattern, i);
                }
                quote(regex, pattern.charAt(i++));
            } else {
                quote(regex, c);
            }
        }
        return regex.toString();
    }

    /** Copies the class that begins before {@code start}; answers where the pattern goes on. */
    private static int characterClass(String pattern, int start, StringBuilder regex) {
        int i = start;
        regex.append("(?!/)[");
        if (i < pattern.length() && pattern.charAt(i) == '^') {
            regex.append('^');
            i++;
        }
        boolean empty = true;
        while (i < pattern.length() && (empty || pattern.charAt(i) != ']')) {
            char c = pattern.charAt(i++);
            if (c == '\\' && i < pattern.length()) {
                quote(regex, pattern.charAt(i++));
            } else if (c == '-' && !empty && i < pattern.length() && pattern.charAt(i) != ']') {
                regex.append('-');
            } else {
                quote(regex, c);
            }
            empty = false;
        }
        if (i >= pattern.length()) {
            throw new PatternSyntaxException("unclosed [", pattern, start);
        }
        regex.append(']');
        return i + 1;
    }

    private static void quote(StringBuilder regex, char c) {
        if (!Character.isLetterOrDigit(c) && c < 128) {
            regex.append('\\');
        }
        regex.append(c);
    }

    /** Whether the whole path matches. */
    public boolean matches(String path) {
        return isLiteral ? path.equals(literal) : regex.matcher(path).matches();
    }

    /** Whether the path, or a directory that it lies in, matches. */
    public boolean matchesPathOrParent(String path) {
        if (isLiteral) {
            return path.startsWith(literal)
                    && (path.length() == literal.length() || path.charAt(literal.length()) == '/');
        }
        for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
            if (matches(path.substring(0, slash))) {
                return true;
            }
        }
        return matches(path);
    }
}
