package dev.priok.build.dockerfile;

import dev.priok.build.dockerfile.Flags.Kind;
import dev.priok.build.dockerfile.Instruction.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Turns one logical line into an {@link Instruction}. */
final class InstructionParser {
    private static final List<String> KEYWORDS = List.of(
            "ADD",
            "ARG",
            "CMD",
            "COPY",
            "ENTRYPOINT",
            "ENV",
            "EXPOSE",
            "FROM",
            "HEALTHCHECK",
            "LABEL",
            "MAINTAINER",
            "ONBUILD",
            "RUN",
            "SHELL",
            "STOPSIGNAL",
            "USER",
            "VOLUME",
            "WORKDIR");

    private static final Pattern STAGE_NAME = Pattern.compile("[a-z][a-z0-9-_.]*");

    private static final Map<String, Map<String, Kind>> FLAGS = Map.of(
            "FROM", Map.of("platform", Kind.VALUE),
            "RUN",
                    Map.of(
                            "mount", Kind.LIST,
                            "network", Kind.VALUE,
                            "security", Kind.VALUE,
                            "device", Kind.LIST),
            "COPY",
                    Map.of(
                            "from", Kind.VALUE,
                            "chown", Kind.VALUE,
                            "chmod", Kind.VALUE,
                            "link", Kind.BOOLEAN,
                            "parents", Kind.BOOLEAN,
                            "exclude", Kind.LIST),
            "ADD",
                    Map.of(
                            "chown", Kind.VALUE,
                            "chmod", Kind.VALUE,
                            "link", Kind.BOOLEAN,
                            "exclude", Kind.LIST,
                            "checksum", Kind.VALUE,
                            "keep-git-dir", Kind.BOOLEAN,
                            "unpack", Kind.BOOLEAN),
            "HEALTHCHECK",
                    Map.of(
                            "interval", Kind.VALUE,
                            "timeout", Kind.VALUE,
                            "start-period", Kind.VALUE,
                            "start-interval", Kind.VALUE,
                            "retries", Kind.VALUE));

    private final char escape;

    InstructionParser(char escape) {
        this.escape = escape;
    }

    Instruction parse(LogicalLine line) {
        String keyword = keyword(line.text());
        String arguments = line.text().substring(keyword.length()).strip();
        String name = keyword.toUpperCase(Locale.ROOT);
        Source source = new Source(line.lines(), line.text());
        if (!KEYWORDS.contains(name)) {
            throw line.lines().failure("unknown instruction: " + keyword + Spelling.suggestion(name, KEYWORDS));
        }
        Flags flags = Flags.read(arguments, escape, FLAGS.getOrDefault(name, Map.of()), line.lines());
        String rest = flags.rest();
        if (rest.isEmpty() && !name.equals("RUN") && !name.equals("CMD") && !name.equals("ENTRYPOINT")) {
            throw line.lines().failure(name + " requires " + needed(name));
        }
        return switch (name) {
            case "FROM" -> from(source, flags);
            case "ARG" -> arg(source, rest);
            case "RUN" -> run(source, flags, line.heredocs());
            case "COPY", "ADD" -> transfer(source, name, flags, line.heredocs());
            case "ENV" -> new Instruction.Env(source, pairs(source, name, rest));
            case "LABEL" -> new Instruction.Label(source, pairs(source, name, rest));
            case "WORKDIR" -> new Instruction.Workdir(source, rest);
            case "USER" -> new Instruction.User(source, rest);
            case "CMD" -> new Instruction.Cmd(source, command(source, name, rest));
            case "ENTRYPOINT" -> new Instruction.Entrypoint(source, command(source, name, rest));
            case "EXPOSE" -> new Instruction.Expose(source, Words.plain(rest));
            case "VOLUME" -> volume(source, rest);
            case "SHELL" -> shell(source, rest);
            case "STOPSIGNAL" -> new Instruction.StopSignal(source, rest);
            case "HEALTHCHECK" -> HealthcheckParser.parse(source, flags);
            case "ONBUILD" -> onBuild(source, rest, line.heredocs());
            case "MAINTAINER" -> new Instruction.Maintainer(source, rest);
            default -> throw new IllegalStateException(name);
        };
    }

    private static String keyword(String text) {
        int end = 0;
        while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
            end++;
        }
        return text.substring(0, end);
    }

    private static String needed(String name) {
        return switch (name) {
            case "FROM" -> "either one or three arguments";
            case "WORKDIR", "USER", "STOPSIGNAL", "MAINTAINER" -> "exactly one argument";
            case "SHELL" -> "the arguments to be in JSON form";
            default -> "at least one argument";
        };
    }

    private static Instruction from(Source source, Flags flags) {
        List<String> words = Words.plain(flags.rest());
        if (words.size() != 1 && !(words.size() == 3 && words.get(1).equalsIgnoreCase("as"))) {
            throw source.lines().failure("FROM requires either one or three arguments");
        }
        Optional<String> stage =
                words.size() == 3 ? Optional.of(words.get(2).toLowerCase(Locale.ROOT)) : Optional.empty();
        stage.filter(s -> !STAGE_NAME.matcher(s).matches()).ifPresent(s -> {
            throw source.lines()
                    .failure("invalid name for build stage: \"" + words.get(2)
                            + "\", name can't start with a number or contain symbols");
        });
        return new Instruction.From(source, words.getFirst(), flags.value("platform"), stage);
    }

    private Instruction arg(Source source, String rest) {
        List<Instruction.Arg.Definition> definitions = new ArrayList<>();
        for (String word : Words.split(rest, escape)) {
            int equals = word.indexOf('=');
            String name = equals < 0 ? word : word.substring(0, equals);
            if (name.isEmpty()) {
                throw source.lines().failure("ARG names can not be blank");
            }
            definitions.add(new Instruction.Arg.Definition(
                    name, equals < 0 ? Optional.empty() : Optional.of(word.substring(equals + 1))));
        }
        return new Instruction.Arg(source, definitions);
    }

    private Instruction run(Source source, Flags flags, List<Heredoc> heredocs) {
        if (flags.rest().isEmpty()) {
            throw source.lines().failure("RUN requires at least one argument");
        }
        if (!flags.list("device").isEmpty()) {
            throw source.lines().failure("RUN --device is not supported");
        }
        CommandLine command =
                heredocs.isEmpty() ? command(source, "RUN", flags.rest()) : new CommandLine.Shell(flags.rest());
        return new Instruction.Run(
                source, command, heredocs, flags.list("mount"), flags.value("network"), flags.value("security"));
    }

    private Instruction transfer(Source source, String name, Flags flags, List<Heredoc> heredocs) {
        List<String> words = listOrWords(source, flags.rest());
        if (words.size() < 2) {
            throw source.lines()
                    .failure(name + " requires at least two arguments, but only one was provided. "
                            + "Destination could not be determined");
        }
        String destination = words.getLast();
        List<String> documents = heredocs.stream().map(Heredoc::word).toList();
        if (documents.contains(destination)) {
            throw source.lines().failure(name + " cannot accept a heredoc as a destination");
        }
        List<String> sources = words.subList(0, words.size() - 1).stream()
                .filter(word -> !documents.contains(word))
                .toList();
        Instruction.Ownership ownership = new Instruction.Ownership(flags.value("chown"), flags.value("chmod"));
        if (name.equals("ADD")) {
            return new Instruction.Add(
                    source,
                    sources,
                    heredocs,
                    destination,
                    ownership,
                    flags.list("exclude"),
                    flags.bool("link").orElse(false),
                    flags.value("checksum"),
                    flags.bool("keep-git-dir").orElse(false),
                    flags.bool("unpack"));
        }
        return new Instruction.Copy(
                source,
                flags.value("from"),
                sources,
                heredocs,
                destination,
                ownership,
                flags.list("exclude"),
                flags.bool("link").orElse(false),
                flags.bool("parents").orElse(false));
    }

    private List<Instruction.Pair> pairs(Source source, String name, String rest) {
        List<String> words = Words.split(rest, escape);
        List<Instruction.Pair> pairs = new ArrayList<>();
        if (words.getFirst().indexOf('=') < 0) {
            String[] parts = rest.split("\\s+", 2);
            if (parts.length < 2) {
                throw source.lines().failure(name + " must have two arguments");
            }
            return List.of(new Instruction.Pair(parts[0], parts[1]));
        }
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals < 0) {
                throw source.lines()
                        .failure("Syntax error - can't find = in \"" + word + "\". Must be of the form: name=value");
            }
            if (equals == 0) {
                throw source.lines().failure(name + " names can not be blank");
            }
            pairs.add(new Instruction.Pair(word.substring(0, equals), word.substring(equals + 1)));
        }
        return pairs;
    }

    private static CommandLine command(Source source, String name, String rest) {
        return switch (Words.json(rest)) {
            case Words.JsonWords.Strings(List<String> words)
            when !words.isEmpty() || !name.equals("RUN") -> new CommandLine.Exec(words);
            case Words.JsonWords.Strings _ -> throw source.lines().failure("RUN requires at least one argument");
            case Words.JsonWords.NotStrings _ -> throw notStrings(source);
            case Words.JsonWords.NotJson _ ->
                rest.isEmpty() ? new CommandLine.Exec(List.of()) : new CommandLine.Shell(rest);
        };
    }

    static CommandLine healthCommand(Source source, String rest) {
        return command(source, "HEALTHCHECK", rest);
    }

    private static List<String> listOrWords(Source source, String rest) {
        return switch (Words.json(rest)) {
            case Words.JsonWords.Strings(List<String> words) -> words;
            case Words.JsonWords.NotStrings _ -> throw notStrings(source);
            case Words.JsonWords.NotJson _ -> Words.plain(rest);
        };
    }

    private static RuntimeException notStrings(Source source) {
        return source.lines().failure("when using JSON array syntax, arrays must be comprised of strings only");
    }

    private static Instruction volume(Source source, String rest) {
        List<String> paths = listOrWords(source, rest);
        if (paths.isEmpty()) {
            throw source.lines().failure("VOLUME requires at least one argument");
        }
        if (paths.stream().anyMatch(String::isBlank)) {
            throw source.lines().failure("VOLUME specified can not be an empty string");
        }
        return new Instruction.Volume(source, paths);
    }

    private static Instruction shell(Source source, String rest) {
        if (!(Words.json(rest) instanceof Words.JsonWords.Strings(List<String> words))) {
            throw source.lines().failure("SHELL requires the arguments to be in JSON form");
        }
        if (words.isEmpty()) {
            throw source.lines().failure("SHELL requires at least one argument");
        }
        return new Instruction.Shell(source, words);
    }

    private Instruction onBuild(Source source, String rest, List<Heredoc> heredocs) {
        refuseForbiddenTrigger(rest, source.lines());
        parse(new LogicalLine(source.lines(), rest, heredocs));
        StringBuilder trigger = new StringBuilder(rest);
        for (Heredoc heredoc : heredocs) {
            trigger.append('\n').append(heredoc.content()).append(heredoc.name());
        }
        return new Instruction.OnBuild(source, trigger.toString());
    }

    /** A trigger must not define triggers, which would never end, nor begin a stage. */
    static void refuseForbiddenTrigger(String trigger, SourceRange lines) {
        String name = keyword(trigger).toUpperCase(Locale.ROOT);
        if (name.equals("ONBUILD")) {
            throw lines.failure("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
        }
        if (name.equals("FROM") || name.equals("MAINTAINER")) {
            throw lines.failure(name + " isn't allowed as an ONBUILD trigger");
        }
    }
}
