package dev.priok.linux.seccomp;

import dev.priok.linux.seccomp.SeccompCondition.Operator;
import dev.priok.linux.seccomp.SeccompTemplate.Entry;
import dev.priok.linux.seccomp.SeccompTemplate.Situation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the text form of a template. Each entry begins at the left margin and goes on over indented lines; {@code #}
 * begins a comment:
 *
 * <pre>
 * default errno 1
 * allow read write
 *     close
 * allow socket if 0 &lt; 38
 * allow clone if 0 &amp; 0x7E020000 = 0 unless CAP_SYS_ADMIN
 * allow ptrace with kernel-4.8
 * </pre>
 *
 * <p>Behind {@code with} and {@code unless} stand capabilities, {@code arch-NAME} and {@code kernel-VERSION}.
 */
final class ProfileText {
    private final List<String> words;
    private int at;

    private ProfileText(String entry) {
        words = List.of(entry.strip().split("\\s+"));
    }

    static SeccompTemplate parse(List<String> lines) {
        List<String> joined = new ArrayList<>();
        for (String line : lines) {
            int comment = line.indexOf('#');
            String text = comment < 0 ? line : line.substring(0, comment);
            if (text.isBlank()) {
                continue;
            }
            if (Character.isWhitespace(text.charAt(0)) && !joined.isEmpty()) {
                joined.add(joined.removeLast() + " " + text.strip());
            } else {
                joined.add(text.strip());
            }
        }
        SeccompAction standard = SeccompAction.errno(1);
        List<Entry> entries = new ArrayList<>();
        for (String text : joined) {
            ProfileText entry = new ProfileText(text);
            if (entry.peek().equals("default")) {
                entry.at++;
                standard = entry.action();
            } else {
                entries.add(entry.entry());
            }
        }
        return new SeccompTemplate(standard, entries);
    }

    private String peek() {
        return at < words.size() ? words.get(at) : "";
    }

    private String next() {
        if (at == words.size()) {
            throw new IllegalArgumentException("a profile entry ends too early: " + String.join(" ", words));
        }
        return words.get(at++);
    }

    private SeccompAction action() {
        String word = next();
        return switch (word) {
            case "allow" -> SeccompAction.ALLOW;
            case "errno" -> SeccompAction.errno(Integer.parseInt(next()));
            default -> throw new IllegalArgumentException("unknown action in a profile: " + word);
        };
    }

    private boolean atKeyword() {
        return switch (peek()) {
            case "", "if", "with", "unless" -> true;
            default -> false;
        };
    }

    private Entry entry() {
        SeccompAction action = action();
        List<String> names = new ArrayList<>();
        while (!atKeyword()) {
            names.add(next());
        }
        List<SeccompCondition> conditions = new ArrayList<>();
        Situation with = Situation.ANY;
        Situation unless = Situation.ANY;
        while (at < words.size()) {
            switch (next()) {
                case "if" -> conditions.add(condition());
                case "with" -> with = situation();
                case "unless" -> unless = situation();
                default -> throw new IllegalArgumentException("unknown word in: " + String.join(" ", words));
            }
        }
        return new Entry(new SeccompRule(names, action, conditions), with, unless);
    }

    private SeccompCondition condition() {
        int index = Integer.parseInt(next());
        String operator = next();
        long value = Long.decode(next());
        return switch (operator) {
            case "=" -> new SeccompCondition(index, Operator.EQUAL, value, 0);
            case "!=" -> new SeccompCondition(index, Operator.NOT_EQUAL, value, 0);
            case "<" -> new SeccompCondition(index, Operator.LESS, value, 0);
            case "<=" -> new SeccompCondition(index, Operator.LESS_OR_EQUAL, value, 0);
            case ">" -> new SeccompCondition(index, Operator.GREATER, value, 0);
            case ">=" -> new SeccompCondition(index, Operator.GREATER_OR_EQUAL, value, 0);
            case "&" -> {
                if (!next().equals("=")) {
                    throw new IllegalArgumentException("a mask without '=' in: " + String.join(" ", words));
                }
                yield new SeccompCondition(index, Operator.MASKED_EQUAL, value, Long.decode(next()));
            }
            default -> throw new IllegalArgumentException("unknown operator in a profile: " + operator);
        };
    }

    private Situation situation() {
        List<String> capabilities = new ArrayList<>();
        List<String> architectures = new ArrayList<>();
        Optional<KernelVersion> kernel = Optional.empty();
        while (!atKeyword()) {
            String word = next();
            if (word.startsWith("arch-")) {
                architectures.add(word.substring("arch-".length()));
            } else if (word.startsWith("kernel-")) {
                kernel = Optional.of(KernelVersion.parse(word.substring("kernel-".length())));
            } else {
                capabilities.add(word);
            }
        }
        return new Situation(capabilities, architectures, kernel);
    }
}
