package dev.priok.build.check;

import dev.priok.build.dockerfile.CommandLine;
import dev.priok.build.dockerfile.Dockerfile;
import dev.priok.build.dockerfile.Instruction;
import dev.priok.build.dockerfile.SourceRange;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How instructions are written, whatever they do. */
final class FormChecks {
    private static final Pattern EMPTY =
            Pattern.compile("Empty continuation line found in: .*\\(.*?:(\\d+)(?:-\\d+)?\\)");
    private static final int MAXIMUM_PORT = 65_535;

    private final Dockerfile file;
    private final List<String> lines;
    private final Findings findings;
    private int upper;
    private int lower;

    FormChecks(Dockerfile file, List<String> lines, Findings findings) {
        this.file = file;
        this.lines = lines;
        this.findings = findings;
    }

    void run() {
        emptyContinuations();
        file.globalArgs().forEach(this::count);
        for (Dockerfile.Stage stage : file.stages()) {
            count(stage.from());
            stage.instructions().forEach(this::count);
        }
        file.globalArgs().forEach(this::casing);
        file.globalArgs().forEach(this::description);
        for (Dockerfile.Stage stage : file.stages()) {
            casing(stage.from());
            description(stage.from());
            fromCasing(stage.from());
            stage.instructions().forEach(this::casing);
            inStage(stage);
        }
    }

    private void emptyContinuations() {
        for (String warning : file.warnings()) {
            Matcher matcher = EMPTY.matcher(warning);
            if (matcher.find()) {
                int line = Integer.parseInt(matcher.group(1));
                findings.add(
                        CheckRule.NO_EMPTY_CONTINUATION,
                        new SourceRange("", line, line),
                        "an empty line inside an instruction: take it out, or end the instruction before it");
            }
        }
    }

    private static String keyword(Instruction instruction) {
        return instruction.source().text().split("\\s", 2)[0];
    }

    private void count(Instruction instruction) {
        String word = keyword(instruction);
        if (word.equals(word.toUpperCase(Locale.ROOT))) {
            upper++;
        } else {
            lower++;
        }
    }

    private void casing(Instruction instruction) {
        String word = keyword(instruction);
        boolean isUpper = upper >= lower;
        String wanted = isUpper ? word.toUpperCase(Locale.ROOT) : word.toLowerCase(Locale.ROOT);
        if (!word.equals(wanted)) {
            findings.add(
                    CheckRule.CONSISTENT_INSTRUCTION_CASING,
                    instruction.source().lines(),
                    "%s is written in another case than most of the file: write %s",
                    word,
                    wanted);
        }
    }

    private void fromCasing(Instruction.From from) {
        String[] words = from.source().text().split("\\s+");
        String as = words.length >= 3 ? words[words.length - 2] : "";
        if (as.equalsIgnoreCase("as") && from.stageName().isPresent()) {
            boolean fromIsUpper = words[0].equals(words[0].toUpperCase(Locale.ROOT));
            if (fromIsUpper != as.equals("AS")) {
                findings.add(
                        CheckRule.FROM_AS_CASING,
                        from.source().lines(),
                        "%s and %s are written in different cases",
                        words[0],
                        as);
            }
        }
    }

    private void description(Instruction instruction) {
        int above = instruction.source().lines().first() - 2;
        if (above < 0 || above >= lines.size() || !lines.get(above).startsWith("# ")) {
            return;
        }
        Optional<String> name = switch (instruction) {
            case Instruction.From from -> from.stageName();
            case Instruction.Arg arg -> Optional.of(arg.definitions().getFirst().name());
            default -> Optional.empty();
        };
        String comment = lines.get(above).substring(2).strip();
        if (name.isPresent() && !comment.contains("=") && !comment.startsWith(name.get() + " ")) {
            findings.add(
                    CheckRule.INVALID_DEFINITION_DESCRIPTION,
                    instruction.source().lines(),
                    "the comment above does not begin with %s, so it does not describe it",
                    name.get());
        }
    }

    private void inStage(Dockerfile.Stage stage) {
        Map<String, Integer> seen = new HashMap<>();
        boolean ownShell = stage.instructions().stream().anyMatch(Instruction.Shell.class::isInstance);
        boolean absolute = stage.from().image().startsWith("$");
        boolean hasHealthcheck = false;
        for (Instruction instruction : stage.instructions()) {
            SourceRange at = instruction.source().lines();
            switch (instruction) {
                case Instruction.Cmd cmd -> command(at, "CMD", cmd.command(), ownShell, seen);
                case Instruction.Entrypoint entry -> command(at, "ENTRYPOINT", entry.command(), ownShell, seen);
                case Instruction.Healthcheck _ -> {
                    hasHealthcheck = true;
                    once(at, "HEALTHCHECK", seen);
                }
                case Instruction.Maintainer m ->
                    findings.add(
                            CheckRule.MAINTAINER_DEPRECATED,
                            at,
                            "MAINTAINER is deprecated: write LABEL org.opencontainers.image.authors=\"%s\"",
                            m.name());
                case Instruction.Workdir w -> {
                    boolean isAbsolute = w.path().replace("\"", "").startsWith("/")
                            || w.path().contains("$");
                    if (!isAbsolute && !absolute) {
                        findings.add(
                                CheckRule.WORKDIR_RELATIVE_PATH,
                                at,
                                "WORKDIR %s is relative, and what it is relative to is the base image's matter",
                                w.path());
                    }
                    absolute |= isAbsolute;
                }
                case Instruction.Env env -> legacy(instruction, env.pairs());
                case Instruction.Label label -> legacy(instruction, label.pairs());
                case Instruction.Expose expose -> expose.ports().forEach(port -> port(at, port));
                default -> {}
            }
        }
        boolean isLast = stage.index() == file.stages().size() - 1;
        if (isLast && !hasHealthcheck) {
            findings.add(
                    CheckRule.DL3057, stage.from().source().lines(), "nothing tells whether the container is healthy");
        }
    }

    private void command(
            SourceRange at, String name, CommandLine command, boolean ownShell, Map<String, Integer> seen) {
        once(at, name, seen);
        if (command instanceof CommandLine.Shell && !ownShell) {
            findings.add(
                    CheckRule.JSON_ARGS_RECOMMENDED,
                    at,
                    "%s runs in a shell, which passes no signals on: write it as a JSON array",
                    name);
        }
    }

    private void once(SourceRange at, String name, Map<String, Integer> seen) {
        Integer before = seen.put(name, at.first());
        if (before != null) {
            findings.add(
                    CheckRule.MULTIPLE_INSTRUCTIONS_DISALLOWED,
                    at,
                    "%s on line %d has no effect: only the last one of a stage counts",
                    name,
                    before);
        }
    }

    private void legacy(Instruction instruction, List<Instruction.Pair> pairs) {
        String text = instruction.source().text();
        String rest = text.substring(keyword(instruction).length()).strip();
        String name = pairs.getFirst().name();
        if (pairs.size() == 1 && rest.startsWith(name) && !rest.startsWith(name + "=")) {
            findings.add(
                    CheckRule.LEGACY_KEY_VALUE_FORMAT,
                    instruction.source().lines(),
                    "\"%s name value\" is the old form: write %s=...",
                    keyword(instruction),
                    name);
        }
    }

    private void port(SourceRange at, String word) {
        if (word.contains("$")) {
            return;
        }
        int slash = word.indexOf('/');
        String protocol = slash < 0 ? "" : word.substring(slash + 1);
        if (!protocol.equals(protocol.toLowerCase(Locale.ROOT))) {
            findings.add(CheckRule.EXPOSE_PROTO_CASING, at, "protocol %s is not lower case", protocol);
        }
        String ports = slash < 0 ? word : word.substring(0, slash);
        if (ports.contains(":")) {
            findings.add(
                    CheckRule.EXPOSE_INVALID_FORMAT,
                    at,
                    "%s: addresses and ports of the host are given to run -p, not to EXPOSE",
                    word);
        }
        for (String part : ports.split("-")) {
            if (part.matches("\\d{1,9}") && Integer.parseInt(part) > MAXIMUM_PORT) {
                findings.add(CheckRule.DL3011, at, "port %s is above %d", part, MAXIMUM_PORT);
            }
        }
    }
}
