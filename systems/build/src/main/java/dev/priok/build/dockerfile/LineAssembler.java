package dev.priok.build.dockerfile;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Joins the physical lines of a Dockerfile into {@link LogicalLine}s. */
final class LineAssembler {
    /** Docker's limit, a buffer size of its line reader; a longer line is a mistake, such as a binary file. */
    static final int MAXIMUM_LINE_BYTES = (64 << 10) - 1;

    private static final Pattern HEREDOC = Pattern.compile("(\\d*)<<(-?)([^<]*)");
    private static final Set<String> WITH_HEREDOCS = Set.of("add", "copy", "run");

    private final String file;
    private final List<String> lines;
    private final char escape;
    private final List<String> warnings;
    private int next;

    LineAssembler(String file, List<String> lines, char escape, List<String> warnings) {
        this.file = file;
        this.lines = lines;
        this.escape = escape;
        this.warnings = warnings;
    }

    /** Splits text at line feeds; a byte order mark at the start is dropped, and so is one carriage return at a line's end. */
    static List<String> split(String file, String text) {
        String body = text.startsWith("\uFEFF") ? text.substring(1) : text;
        List<String> result = new ArrayList<>();
        int start = 0;
        while (start < body.length()) {
            int end = body.indexOf('\n', start);
            String line = body.substring(start, end < 0 ? body.length() : end);
            int number = result.size() + 1;
            if (line.length() > MAXIMUM_LINE_BYTES / 3
                    && line.getBytes(StandardCharsets.UTF_8).length > MAXIMUM_LINE_BYTES) {
                throw new SourceRange(file, number, number)
                        .failure("dockerfile line greater than max allowed size of " + MAXIMUM_LINE_BYTES);
            }
            result.add(line.endsWith("\r") ? line.substring(0, line.length() - 1) : line);
            start = end < 0 ? body.length() : end + 1;
        }
        return result;
    }

    List<LogicalLine> assemble() {
        List<LogicalLine> result = new ArrayList<>();
        while (next < lines.size()) {
            nextLogical().ifPresent(result::add);
        }
        return result;
    }

    private Optional<LogicalLine> nextLogical() {
        int first = next + 1;
        StringBuilder text = new StringBuilder();
        boolean more = true;
        boolean started = false;
        while (more && next < lines.size()) {
            String line = lines.get(next++);
            if (line.stripLeading().startsWith("#")) {
                more = started;
                continue;
            }
            if (line.isBlank()) {
                if (started) {
                    warnings.add("Empty continuation line found in: "
                            + text.toString().strip() + " (" + new SourceRange(file, next, next) + ")");
                }
                more = started;
                continue;
            }
            String piece = started ? line : line.stripLeading();
            int end = continuationAt(piece);
            text.append(end < 0 ? piece : piece.substring(0, end));
            more = end >= 0;
            started = true;
        }
        String joined = text.toString().strip();
        if (joined.isEmpty()) {
            return Optional.empty();
        }
        List<Heredoc> heredocs = mayHoldHeredocs(joined) ? heredocs(joined, first) : List.of();
        return Optional.of(new LogicalLine(new SourceRange(file, first, next), joined, heredocs));
    }

    /** Where the escape character stands that continues this line, or -1; a doubled one does not. */
    private int continuationAt(String line) {
        int last = line.length() - 1;
        while (last >= 0 && (line.charAt(last) == ' ' || line.charAt(last) == '\t')) {
            last--;
        }
        if (last < 0 || line.charAt(last) != escape) {
            return -1;
        }
        return last > 0 && line.charAt(last - 1) == escape ? -1 : last;
    }

    private static boolean mayHoldHeredocs(String text) {
        if (!text.contains("<<")) {
            return false;
        }
        String[] words = text.toLowerCase(Locale.ROOT).split("\\s+", 3);
        return WITH_HEREDOCS.contains(words[0])
                || (words[0].equals("onbuild") && words.length > 1 && WITH_HEREDOCS.contains(words[1]));
    }

    private List<Heredoc> heredocs(String text, int first) {
        List<Heredoc> result = new ArrayList<>();
        for (String word : Words.split(text, escape)) {
            Matcher matcher = HEREDOC.matcher(word);
            if (!matcher.matches() || matcher.group(3).isEmpty()) {
                continue;
            }
            String delimiter = matcher.group(3);
            boolean quoted =
                    delimiter.indexOf('"') >= 0 || delimiter.indexOf('\'') >= 0 || delimiter.indexOf(escape) >= 0;
            String name = Words.unquote(delimiter, escape);
            boolean stripTabs = !matcher.group(2).isEmpty();
            result.add(new Heredoc(name, !quoted, stripTabs, word, body(name, stripTabs, first)));
        }
        return result;
    }

    private String body(String name, boolean stripTabs, int first) {
        StringBuilder content = new StringBuilder();
        while (next < lines.size()) {
            String line = lines.get(next++);
            if ((stripTabs ? line.replaceFirst("^\t+", "") : line).equals(name)) {
                return content.toString();
            }
            content.append(line).append('\n');
        }
        throw new SourceRange(file, first, lines.size()).failure("unterminated heredoc");
    }
}
