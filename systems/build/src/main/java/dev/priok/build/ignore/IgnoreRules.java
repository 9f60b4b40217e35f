package dev.priok.build.ignore;

import dev.priok.core.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a {@code .dockerignore} file keeps out of a build. The last rule that matches a path or one of its parents decides;
 * a rule that begins with {@code !} takes a path back in.
 *
 * @param rules in the file's order
 * @see <a href="https://docs.docker.com/build/concepts/context/#dockerignore-files">.dockerignore files</a>
 */
public record IgnoreRules(List<Rule> rules) {
    /** Nothing is ignored. */
    public static final IgnoreRules NONE = new IgnoreRules(List.of());

    public IgnoreRules {
        rules = List.copyOf(rules);
    }

    /**
     * One line of the file.
     *
     * @param text as written, for people
     * @param line number in the file, from 1
     * @param takesBack whether it begins with {@code !}
     */
    public record Rule(String text, int line, boolean takesBack, PathPattern pattern) {}

    /**
     * Reads the content of an ignore file.
     *
     * @throws Failure of kind INVALID naming the line with a malformed pattern
     */
    public static IgnoreRules parse(String content) {
        String body = content.startsWith("\uFEFF") ? content.substring(1) : content;
        List<Rule> rules = new ArrayList<>();
        int number = 0;
        for (String line : body.split("\n", -1)) {
            number++;
            if (!line.startsWith("#") && !line.isBlank()) {
                rules.add(rule(line.strip(), number));
            }
        }
        return new IgnoreRules(rules);
    }

    /** Rules from patterns that stand alone, such as those of {@code COPY --exclude}. */
    public static IgnoreRules of(List<String> patterns) {
        List<Rule> rules = new ArrayList<>();
        for (String pattern : patterns) {
            rules.add(rule(pattern.strip(), rules.size() + 1));
        }
        return new IgnoreRules(rules);
    }

    private static Rule rule(String text, int line) {
        boolean takesBack = text.startsWith("!");
        String path = takesBack ? text.substring(1).strip() : text;
        if (path.isEmpty()) {
            throw Failure.invalid("illegal exclusion pattern: \"%s\" on line %d of .dockerignore", text, line);
        }
        return new Rule(text, line, takesBack, PathPattern.of(clean(path), line));
    }

    /** Drops empty and {@code .} elements, resolves {@code ..} inside the path, and drops a leading slash. */
    static String clean(String path) {
        List<String> elements = new ArrayList<>();
        for (String element : path.split("/")) {
            if (element.isEmpty() || element.equals(".")) {
                continue;
            }
            if (element.equals("..")
                    && !elements.isEmpty()
                    && !elements.getLast().equals("..")) {
                elements.removeLast();
            } else {
                elements.add(element);
            }
        }
        return elements.isEmpty() ? "." : String.join("/", elements);
    }

    /** The rule that keeps this path out, or nothing when it stays in; the path is relative, without a leading slash. */
    public Optional<Rule> excludedBy(String path) {
        Optional<Rule> decision = Optional.empty();
        if (path.equals(".") || path.isEmpty()) {
            return decision;
        }
        for (Rule rule : rules) {
            if (rule.takesBack() == decision.isPresent() && rule.pattern().matchesPathOrParent(path)) {
                decision = rule.takesBack() ? Optional.empty() : Optional.of(rule);
            }
        }
        return decision;
    }

    /** Whether any rule takes paths back in, so that a directory that is kept out may still hold something. */
    public boolean hasExceptions() {
        return rules.stream().anyMatch(Rule::takesBack);
    }
}
