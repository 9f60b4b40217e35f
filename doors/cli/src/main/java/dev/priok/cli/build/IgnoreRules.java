package dev.priok.cli.build;

import dev.priok.cli.command.CommandFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The lines of a .dockerignore file. The last one that matches a path, or a folder above it, decides.
 *
 * <p>Walk the tree from the top: {@link #match} takes the result of the folder above, so each pattern is tried once a path.
 */
final class IgnoreRules {
    /** Longest file that is read; a list of patterns is a page. */
    private static final long MAXIMUM_BYTES = 1 << 20;

    private final List<IgnorePattern> patterns;

    private IgnoreRules(List<IgnorePattern> patterns) {
        this.patterns = patterns;
    }

    /** Which patterns match a path or a folder above it. */
    record Match(BitSet patterns, boolean isIgnored) {
        static final Match NONE = new Match(new BitSet(), false);
    }

    /** Rules of the file beside the Dockerfile, {@code NAME.dockerignore}, else of the context's .dockerignore. */
    static IgnoreRules read(Path context, Path dockerfile) throws IOException {
        Path own = dockerfile.resolveSibling(dockerfile.getFileName() + ".dockerignore");
        Path file = Files.isRegularFile(own) ? own : context.resolve(".dockerignore");
        if (!Files.isRegularFile(file)) {
            return new IgnoreRules(List.of());
        }
        if (Files.size(file) > MAXIMUM_BYTES) {
            throw new CommandFailed(file + " is longer than " + MAXIMUM_BYTES + " bytes");
        }
        return parse(Files.readString(file).lines().toList());
    }

    static IgnoreRules parse(List<String> lines) {
        List<IgnorePattern> patterns = new ArrayList<>();
        boolean isFirst = true;
        for (String line : lines) {
            String text = isFirst && line.startsWith("\ufeff") ? line.substring(1) : line;
            isFirst = false;
            if (text.startsWith("#") || text.isBlank()) {
                continue;
            }
            patterns.add(pattern(text.strip()));
        }
        return new IgnoreRules(List.copyOf(patterns));
    }

    /** These rules, then one that keeps {@code path}. */
    IgnoreRules keeping(String path) {
        List<IgnorePattern> more = new ArrayList<>(patterns);
        more.add(new IgnorePattern(escape(path), true));
        return new IgnoreRules(more);
    }

    private static IgnorePattern pattern(String line) {
        boolean isException = line.startsWith("!");
        String text = isException ? line.substring(1).strip() : line;
        if (text.isEmpty()) {
            throw new CommandFailed("illegal exclusion pattern: \"" + line + "\"");
        }
        String clean = clean(text);
        for (int i = 0; i < clean.length(); i++) {
            char c = clean.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '[') {
                i = IgnorePattern.classEnd(clean, i);
                if (i < 0) {
                    throw new CommandFailed("syntax error in pattern: \"" + line + "\" in .dockerignore");
                }
            }
        }
        return new IgnorePattern(clean, isException);
    }

    /** Without empty and dot segments, without leading and trailing slashes; {@code ..} eats the segment before. */
    private static String clean(String text) {
        List<String> kept = new ArrayList<>();
        for (String segment : text.split("/")) {
            if (segment.equals("..")) {
                if (!kept.isEmpty()) {
                    kept.removeLast();
                }
            } else if (!segment.isEmpty() && !segment.equals(".")) {
                kept.add(segment);
            }
        }
        return String.join("/", kept);
    }

    private static String escape(String path) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            out.append("*?[\\".indexOf(c) >= 0 ? "\\" : "").append(c);
        }
        return out.toString();
    }

    boolean isEmpty() {
        return patterns.isEmpty();
    }

    /**
     * Matches one path.
     *
     * @param path relative to the context, with slashes
     * @param above the result for the folder that holds it
     */
    Match match(String path, Match above) {
        BitSet matching = (BitSet) above.patterns().clone();
        boolean isIgnored = false;
        for (int i = 0; i < patterns.size(); i++) {
            if (matching.get(i) || patterns.get(i).matches(path)) {
                matching.set(i);
                isIgnored = !patterns.get(i).isException();
            }
        }
        return new Match(matching, isIgnored);
    }

    /** Whether an exception may bring back something below an ignored folder. */
    boolean mayKeepBelow(String folder) {
        String prefix = folder + "/";
        for (IgnorePattern pattern : patterns) {
            if (pattern.isException()) {
                String fixed = pattern.fixedPrefix();
                boolean isWild = fixed.length() < pattern.text().length();
                if (fixed.startsWith(prefix) || (isWild && prefix.startsWith(fixed))) {
                    return true;
                }
            }
        }
        return false;
    }
}
