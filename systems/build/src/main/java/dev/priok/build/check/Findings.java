package dev.priok.build.check;

import dev.priok.build.CheckFinding;
import dev.priok.build.dockerfile.SourceRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Gathers what is found, without what is silenced. */
final class Findings {
    private final Settings settings;
    private final List<CheckFinding> found = new ArrayList<>();

    Findings(Settings settings) {
        this.settings = settings;
    }

    void add(CheckRule rule, SourceRange lines, String message, Object... arguments) {
        if (settings.isChecked(rule, lines)) {
            CheckFinding finding = new CheckFinding(
                    rule.code(), rule.id(), rule.title(), message.formatted(arguments), lines.first(), lines.last());
            if (!found.contains(finding)) {
                found.add(finding);
            }
        }
    }

    List<CheckFinding> inOrder() {
        return found.stream()
                .sorted(Comparator.comparingInt(CheckFinding::firstLine).thenComparing(CheckFinding::code))
                .toList();
    }
}
