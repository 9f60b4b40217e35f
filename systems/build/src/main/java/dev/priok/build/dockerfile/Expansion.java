package dev.priok.build.dockerfile;

import dev.priok.core.Failure;
import java.util.Optional;
import java.util.function.Function;

/**
 * Replaces variables in a word of a Dockerfile and takes its quotes and escapes away, as a shell would:
 * {@code $v ${v} ${v:-w} ${v-w} ${v:+w} ${v+w} ${v:?w} ${v?w} ${v#p} ${v##p} ${v%p} ${v%%p} ${v/p/r} ${v//p/r}}.
 * An unset variable is empty.
 */
public final class Expansion {
    /** The kernel takes no argument or environment string above 128 KiB (MAX_ARG_STRLEN); also stops ENV A=$A$A from exploding. */
    public static final int MAXIMUM_LENGTH = 128 << 10;

    /** What a heredoc may grow to; a file of this size belongs into the context. */
    public static final int MAXIMUM_HEREDOC_LENGTH = 16 << 20;

    /** Variables inside the defaults of variables; more is no Dockerfile but an attack on the stack. */
    private static final int MAXIMUM_DEPTH = 64;

    private static final int END = -1;

    private final String text;
    private final char escape;
    private final Function<String, Optional<String>> variables;
    private int position;
    private int depth;

    private Expansion(String text, char escape, Function<String, Optional<String>> variables) {
        this.text = text;
        this.escape = escape;
        this.variables = variables;
    }

    /**
     * Expands one word.
     *
     * @param variables value of a name, empty when unset
     * @throws Failure of kind INVALID when the word is malformed, too long when expanded, or a {@code ${v?message}} fires
     */
    public static String expand(String word, char escape, Function<String, Optional<String>> variables) {
        return new Expansion(word, escape, variables).untilStop(END, false);
    }

    /** Expands the variables in the body of a heredoc, where quotes are characters like others. */
    public static String expandHeredoc(String body, char escape, Function<String, Optional<String>> variables) {
        return new Expansion(body, escape, variables).heredoc();
    }

    private String heredoc() {
        StringBuilder result = new StringBuilder();
        while (position < text.length()) {
            int c = next();
            if (c == '$') {
                result.append(dollar());
            } else if (c == escape && (peek() == '$' || peek() == escape)) {
                result.append((char) next());
            } else {
                result.append((char) c);
            }
            if (result.length() > MAXIMUM_HEREDOC_LENGTH) {
                throw Failure.invalid("expanded heredoc is longer than %d characters", MAXIMUM_HEREDOC_LENGTH);
            }
        }
        return result.toString();
    }

    private int peek() {
        return position < text.length() ? text.charAt(position) : END;
    }

    private int next() {
        return position < text.length() ? text.charAt(position++) : END;
    }

    private void append(StringBuilder result, String part) {
        if (result.length() + part.length() > MAXIMUM_LENGTH) {
            throw Failure.invalid("expanded text is longer than %d characters", MAXIMUM_LENGTH);
        }
        result.append(part);
    }

    /** Reads up to {@code stop}, which is consumed; {@link #END} reads everything. */
    private String untilStop(int stop, boolean keepEscapes) {
        StringBuilder result = new StringBuilder();
        while (true) {
            int c = next();
            if (c == stop) {
                return result.toString();
            }
            if (c == END) {
                throw Failure.invalid(
                        "syntax error: unexpected end of statement while looking for matching %s",
                        String.valueOf((char) stop));
            }
            if (c == '\'') {
                singleQuoted(result);
            } else if (c == '"') {
                doubleQuoted(result);
            } else if (c == '$') {
                append(result, dollar());
            } else if (c == escape) {
                int escaped = next();
                if (escaped == END) {
                    continue;
                }
                if (keepEscapes) {
                    // The pattern gives the backslash its meaning.
                    append(result, "\\");
                }
                append(result, String.valueOf((char) escaped));
            } else {
                append(result, String.valueOf((char) c));
            }
        }
    }

    private void singleQuoted(StringBuilder result) {
        int end = text.indexOf('\'', position);
        if (end < 0) {
            throw Failure.invalid("unexpected end of statement while looking for matching single-quote");
        }
        append(result, text.substring(position, end));
        position = end + 1;
    }

    private void doubleQuoted(StringBuilder result) {
        while (true) {
            int c = next();
            if (c == '"') {
                return;
            }
            if (c == END) {
                throw Failure.invalid("unexpected end of statement while looking for matching double-quote");
            }
            if (c == '$') {
                append(result, dollar());
            } else if (c == escape && (peek() == '"' || peek() == '$' || peek() == escape)) {
                append(result, String.valueOf((char) next()));
            } else {
                append(result, String.valueOf((char) c));
            }
        }
    }

    /** Reads what follows a dollar sign. */
    private String dollar() {
        if (peek() != '{') {
            String name = name();
            return name.isEmpty() ? "$" : variables.apply(name).orElse("");
        }
        position++;
        if (++depth > MAXIMUM_DEPTH) {
            throw Failure.invalid("variables are nested more than %d deep", MAXIMUM_DEPTH);
        }
        String value = braced();
        depth--;
        return value;
    }

    private String braced() {
        String name = name();
        if (name.isEmpty()) {
            throw Failure.invalid("bad substitution");
        }
        Optional<String> value = variables.apply(name);
        int operator = next();
        return switch (operator) {
            case '}' -> value.orElse("");
            case END -> throw Failure.invalid("syntax error: missing '}'");
            case ':' -> {
                int modifier = next();
                if (modifier != '-' && modifier != '+' && modifier != '?') {
                    throw Failure.invalid(
                            "unsupported modifier (%s) in substitution", modifier == END ? ":" : ":" + (char) modifier);
                }
                yield conditional(modifier, name, value.filter(v -> !v.isEmpty()), "is not allowed to be empty");
            }
            case '-', '+', '?' -> conditional(operator, name, value, "is not allowed to be unset");
            case '#', '%' -> trimmed(operator, value.orElse(""));
            case '/' -> replaced(value.orElse(""));
            default ->
                throw Failure.invalid("unsupported modifier (%s) in substitution", String.valueOf((char) operator));
        };
    }

    private String trimmed(int operator, String value) {
        boolean longest = peek() == operator;
        if (longest) {
            position++;
        }
        ShellPattern pattern = ShellPattern.of(untilStop('}', true));
        return operator == '#' ? pattern.removePrefix(value, longest) : pattern.removeSuffix(value, longest);
    }

    private String replaced(String value) {
        boolean all = peek() == '/';
        if (all) {
            position++;
        }
        ShellPattern pattern = ShellPattern.of(untilStop('/', true));
        String replacement = untilStop('}', false);
        StringBuilder result = new StringBuilder();
        append(result, pattern.replace(value, replacement, all));
        return result.toString();
    }

    private String conditional(int modifier, String name, Optional<String> value, String complaint) {
        String word = untilStop('}', false);
        return switch (modifier) {
            case '-' -> value.orElse(word);
            case '+' -> value.isPresent() ? word : "";
            default -> value.orElseThrow(() -> Failure.invalid("%s: %s", name, word.isEmpty() ? complaint : word));
        };
    }

    /** A name of letters, digits and underscores; digits alone; or one of the shell's special parameters, which are never set. */
    private String name() {
        int start = position;
        int first = peek();
        if (first == END) {
            return "";
        }
        if (isDigit(first)) {
            while (isDigit(peek())) {
                position++;
            }
        } else if (isLetter(first)) {
            while (isLetter(peek()) || isDigit(peek())) {
                position++;
            }
        } else if ("@*#?-$!".indexOf(first) >= 0) {
            position++;
        }
        return text.substring(start, position);
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isLetter(int c) {
        return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
}
