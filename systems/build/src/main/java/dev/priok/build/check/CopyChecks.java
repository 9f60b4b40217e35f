package dev.priok.build.check;

import dev.priok.build.dockerfile.Dockerfile;
import dev.priok.build.dockerfile.Instruction;
import dev.priok.build.dockerfile.SourceRange;
import dev.priok.build.ignore.IgnoreRules;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** COPY and ADD. */
final class CopyChecks {
    private static final Pattern ARCHIVE =
            Pattern.compile(".*\\.(tar|tar\\.gz|tgz|tar\\.bz2|tbz2|tar\\.xz|txz|tar\\.zst)");

    private final Dockerfile file;
    private final IgnoreRules ignored;
    private final Findings findings;

    CopyChecks(Dockerfile file, IgnoreRules ignored, Findings findings) {
        this.file = file;
        this.ignored = ignored;
        this.findings = findings;
    }

    void run() {
        Set<String> stages = new HashSet<>();
        for (Dockerfile.Stage stage : file.stages()) {
            String own = stage.from().stageName().orElse("");
            boolean hasDirectory = false;
            for (Instruction instruction : stage.instructions()) {
                if (instruction instanceof Instruction.Workdir) {
                    hasDirectory = true;
                } else if (instruction instanceof Instruction.Transfer transfer) {
                    transfer(transfer, stage, stages, own, hasDirectory);
                }
            }
            stages.add(Integer.toString(stage.index()));
            stage.from().stageName().ifPresent(stages::add);
        }
    }

    private void transfer(
            Instruction.Transfer transfer,
            Dockerfile.Stage stage,
            Set<String> stages,
            String own,
            boolean hasDirectory) {
        SourceRange at = transfer.source().lines();
        Optional<String> from = transfer instanceof Instruction.Copy copy ? copy.from() : Optional.empty();
        String destination = transfer.destination();
        if (transfer.sources().size() + transfer.heredocs().size() > 1
                && !destination.endsWith("/")
                && !destination.equals(".")
                && !destination.contains("$")) {
            findings.add(CheckRule.DL3021, at, "%s takes several files: end it with a slash", destination);
        }
        if (transfer instanceof Instruction.Copy
                && !hasDirectory
                && !destination.startsWith("/")
                && !destination.startsWith("$")
                && !destination.startsWith("\"")
                && !file.stages().stream()
                        .anyMatch(s -> s.from()
                                .stageName()
                                .filter(stage.from().image()::equals)
                                .isPresent())) {
            findings.add(CheckRule.DL3045, at, "%s is relative, and no WORKDIR says to what", destination);
        }
        if (from.isPresent()) {
            from(at, from.get(), stages, own, transfer.sources());
        } else {
            context(at, transfer);
        }
        if (transfer instanceof Instruction.Add add) {
            add(at, add);
        } else {
            archive(at, transfer, stage, from.isPresent());
        }
    }

    private void from(SourceRange at, String from, Set<String> stages, String own, List<String> sources) {
        if (!own.isEmpty() && from.equalsIgnoreCase(own)) {
            findings.add(CheckRule.DL3023, at, "%s is this very stage", from);
        } else if (!stages.contains(from.toLowerCase(java.util.Locale.ROOT))
                && !from.contains(":")
                && !from.contains("@")) {
            findings.add(CheckRule.DL3022, at, "%s is no stage above, and has no tag if it is an image", from);
        }
        if (sources.contains("/")) {
            findings.add(CheckRule.DL3067, at, "all files of %s are copied: name those that are needed", from);
        }
    }

    private void context(SourceRange at, Instruction.Transfer transfer) {
        for (String source : transfer.sources()) {
            boolean isPlain = source.chars().noneMatch(c -> "*?[$".indexOf(c) >= 0) && !source.contains("://");
            String path = source.replaceFirst("^(\\./|/)+", "");
            if (isPlain && !path.isEmpty()) {
                ignored.excludedBy(path)
                        .filter(_ -> !ignored.hasExceptions())
                        .ifPresent(rule -> findings.add(
                                CheckRule.COPY_IGNORED_FILE,
                                at,
                                "%s is kept out by \"%s\" on line %d of .dockerignore",
                                source,
                                rule.text(),
                                rule.line()));
            }
        }
    }

    private void add(SourceRange at, Instruction.Add add) {
        boolean isPlain = add.sources().stream()
                .allMatch(s -> !s.contains("://")
                        && !s.startsWith("git@")
                        && !ARCHIVE.matcher(s).matches());
        if (isPlain && !add.sources().isEmpty() && add.sources().stream().noneMatch(s -> s.contains("$"))) {
            findings.add(CheckRule.DL3020, at, "nothing here is fetched or unpacked: COPY says so");
        }
    }

    private void archive(SourceRange at, Instruction.Transfer copy, Dockerfile.Stage stage, boolean isFromStage) {
        for (String source : copy.sources()) {
            String name = source.substring(source.lastIndexOf('/') + 1);
            if (isFromStage || !ARCHIVE.matcher(name).matches()) {
                continue;
            }
            boolean isUnpacked = stage.instructions().stream()
                    .anyMatch(i -> i instanceof Instruction.Run run
                            && ShellChecks.text(run).matches("(?s).*\\btar\\b.*" + Pattern.quote(name) + ".*"));
            if (isUnpacked) {
                findings.add(
                        CheckRule.DL3010, at, "%s is unpacked later: ADD does that, and leaves no archive", source);
            }
        }
    }
}
