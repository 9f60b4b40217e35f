package dev.priok.build.dockerfile;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The parser directives at the top of a Dockerfile.
 *
 * @param escape value of {@code # escape=}
 * @param syntax value of {@code # syntax=}
 */
record Directives(char escape, Optional<String> syntax) {
    private static final Pattern DIRECTIVE = Pattern.compile("([a-zA-Z][a-zA-Z0-9]*)\\s*=\\s*(.+?)\\s*");

    /** Reads the directives of a file; any other line ends them. */
    static Directives of(String file, List<String> lines) {
        Map<String, String> found = new HashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            Matcher matcher =
                    DIRECTIVE.matcher(line.startsWith("#") ? line.substring(1).strip() : "");
            if (!matcher.matches()) {
                break;
            }
            String key = matcher.group(1).toLowerCase(Locale.ROOT);
            if (!key.equals("escape") && !key.equals("syntax") && !key.equals("check")) {
                break;
            }
            SourceRange range = new SourceRange(file, i + 1, i + 1);
            if (found.put(key, matcher.group(2)) != null) {
                throw range.failure("only one " + key + " parser directive can be used");
            }
            if (key.equals("escape")
                    && !matcher.group(2).equals("\\")
                    && !matcher.group(2).equals("`")) {
                throw range.failure("invalid escape token '" + matcher.group(2) + "' does not match ` or \\");
            }
        }
        return new Directives(found.getOrDefault("escape", "\\").charAt(0), Optional.ofNullable(found.get("syntax")));
    }
}
