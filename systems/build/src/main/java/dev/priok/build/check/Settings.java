package dev.priok.build.check;

import dev.priok.build.dockerfile.SourceRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which rules are checked where: the {@code # check=} directive, and comments before instructions. */
final class Settings {
    private static final Pattern CHECK = Pattern.compile("#\\s*check\\s*=\\s*(.+?)\\s*", Pattern.CASE_INSENSITIVE);
    private static final Pattern HADOLINT =
            Pattern.compile("#\\s*hadolint\\s+(?:global\\s+)?ignore\\s*=\\s*(.+?)\\s*", Pattern.CASE_INSENSITIVE);
    private static final String ALL = "all";

    private final Set<CheckRule> on = EnumSet.noneOf(CheckRule.class);
    private final Map<Integer, List<String>> skippedAtLine = new HashMap<>();
    private boolean isError;

    /**
     * Reads the settings of a file.
     *
     * @param asked value of the build argument BUILDKIT_DOCKERFILE_CHECK, which has the directive's form
     */
    Settings(List<String> lines, String asked) {
        Arrays.stream(CheckRule.values()).filter(CheckRule::isOn).forEach(on::add);
        List<String> pending = new ArrayList<>();
        boolean top = true;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            Matcher check = CHECK.matcher(line);
            Matcher hadolint = HADOLINT.matcher(line);
            if (check.matches()) {
                if (top) {
                    apply(check.group(1));
                } else {
                    pending.addAll(skips(check.group(1)));
                }
            } else if (hadolint.matches()) {
                List<String> names = words(hadolint.group(1));
                if (line.toLowerCase(Locale.ROOT).contains("global")) {
                    names.forEach(this::off);
                } else {
                    pending.addAll(names);
                }
            } else if (!line.startsWith("#") && !line.isEmpty()) {
                skippedAtLine.put(i + 1, List.copyOf(pending));
                pending.clear();
            }
            top = top && line.startsWith("#") && line.contains("=");
        }
        if (!asked.isEmpty()) {
            apply(asked);
        }
    }

    private static List<String> words(String text) {
        return Arrays.stream(text.split("[,\\s]+")).filter(w -> !w.isEmpty()).toList();
    }

    private static List<String> skips(String value) {
        List<String> names = new ArrayList<>();
        for (String part : value.split(";")) {
            if (part.strip().startsWith("skip=")) {
                names.addAll(words(part.strip().substring("skip=".length())));
            }
        }
        return names;
    }

    private void apply(String value) {
        for (String part : value.split(";")) {
            String text = part.strip();
            if (text.equalsIgnoreCase("error=true")) {
                isError = true;
            } else if (text.startsWith("experimental=")) {
                words(text.substring("experimental=".length())).forEach(this::turnOn);
            }
        }
        skips(value).forEach(this::off);
    }

    private void off(String name) {
        on.removeIf(rule -> name.equalsIgnoreCase(ALL) || rule.isNamed(name));
    }

    private void turnOn(String name) {
        for (CheckRule rule : CheckRule.values()) {
            if (rule.isNamed(name)
                    || (name.equalsIgnoreCase(ALL) && rule == CheckRule.INVALID_DEFINITION_DESCRIPTION)) {
                on.add(rule);
            }
        }
    }

    boolean isError() {
        return isError;
    }

    /** Whether a rule is checked at an instruction. */
    boolean isChecked(CheckRule rule, SourceRange lines) {
        if (!on.contains(rule)) {
            return false;
        }
        for (int line = lines.first(); line <= lines.last(); line++) {
            List<String> names = skippedAtLine.getOrDefault(line, List.of());
            if (names.stream().anyMatch(n -> n.equalsIgnoreCase(ALL) || rule.isNamed(n))) {
                return false;
            }
        }
        return true;
    }
}
