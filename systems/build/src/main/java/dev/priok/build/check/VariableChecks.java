package dev.priok.build.check;

import dev.priok.build.dockerfile.Dockerfile;
import dev.priok.build.dockerfile.Instruction;
import dev.priok.build.dockerfile.SourceRange;
import dev.priok.build.dockerfile.Spelling;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What ARG and ENV define, and what is used. */
final class VariableChecks {
    private static final Pattern USE = Pattern.compile("(?<!\\\\)\\$(?:\\{([A-Za-z_]\\w*)(?=[}#%/])|([A-Za-z_]\\w*))");

    private static final Pattern SECRET = Pattern.compile(
            "(?:_|^)(?:apikey|auth|credentials?|key|password|pword|passwd|secret|token)(?:_|$)",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern HARMLESS =
            Pattern.compile("(?:_|^)(?:public|file|version)(?:_|$)", Pattern.CASE_INSENSITIVE);

    /** Known without a declaration. */
    private static final Set<String> PREDEFINED = Set.of(
            "PATH",
            "HTTP_PROXY",
            "http_proxy",
            "HTTPS_PROXY",
            "https_proxy",
            "FTP_PROXY",
            "ftp_proxy",
            "NO_PROXY",
            "no_proxy",
            "ALL_PROXY",
            "all_proxy",
            "SOURCE_DATE_EPOCH");

    private final Dockerfile file;
    private final Findings findings;
    private final DockerfileCheck.Bases bases;
    private final Map<String, Scope> stages = new HashMap<>();

    /** What a stage knows; {@code isWhole} is false when the base image's variables are not known. */
    private record Scope(Set<String> names, boolean isWhole) {}

    VariableChecks(Dockerfile file, Findings findings, DockerfileCheck.Bases bases) {
        this.file = file;
        this.findings = findings;
        this.bases = bases;
    }

    /** Names of the variables that a word needs to be defined. */
    static List<String> used(String word) {
        List<String> names = new ArrayList<>();
        Matcher matcher = USE.matcher(word);
        while (matcher.find()) {
            names.add(matcher.group(1) != null ? matcher.group(1) : matcher.group(2));
        }
        return names;
    }

    void run() {
        for (Dockerfile.Stage stage : file.stages()) {
            Scope base = base(stage.from());
            Set<String> known = new HashSet<>(base.names());
            for (Instruction instruction : stage.instructions()) {
                SourceRange at = instruction.source().lines();
                words(instruction).forEach(word -> use(word, at, known, base.isWhole()));
                if (instruction instanceof Instruction.Env env) {
                    selfReference(env, known);
                    env.pairs().forEach(pair -> {
                        known.add(pair.name());
                        secret(pair.name(), "ENV", at);
                    });
                } else if (instruction instanceof Instruction.Arg arg) {
                    arg.definitions().forEach(definition -> {
                        known.add(definition.name());
                        secret(definition.name(), "ARG", at);
                    });
                }
            }
            Scope scope = new Scope(known, base.isWhole());
            stage.from().stageName().ifPresent(name -> stages.put(name, scope));
            stages.put(Integer.toString(stage.index()), scope);
        }
    }

    private Scope base(Instruction.From from) {
        Scope earlier = stages.get(from.image().toLowerCase(java.util.Locale.ROOT));
        if (earlier != null) {
            return earlier;
        }
        Set<String> names = new HashSet<>(PREDEFINED);
        if (from.image().equals("scratch")) {
            return new Scope(names, true);
        }
        Optional<DockerfileCheck.Base> image = bases.find(from.image());
        image.ifPresent(base -> names.addAll(base.variables()));
        return new Scope(names, image.isPresent());
    }

    private static List<String> words(Instruction instruction) {
        return switch (instruction) {
            case Instruction.Env env ->
                env.pairs().stream().map(Instruction.Pair::value).toList();
            case Instruction.Label label ->
                label.pairs().stream().map(Instruction.Pair::value).toList();
            case Instruction.Arg arg ->
                arg.definitions().stream().flatMap(d -> d.value().stream()).toList();
            case Instruction.Transfer transfer -> {
                List<String> words = new ArrayList<>(transfer.sources());
                words.add(transfer.destination());
                transfer.ownership().chown().ifPresent(words::add);
                yield words;
            }
            case Instruction.Workdir workdir -> List.of(workdir.path());
            case Instruction.User user -> List.of(user.user());
            case Instruction.Expose expose -> expose.ports();
            case Instruction.Volume volume -> volume.paths();
            case Instruction.StopSignal signal -> List.of(signal.signal());
            default -> List.of();
        };
    }

    /** Where the base image is not known, only names that look like a slip are told. */
    private void use(String word, SourceRange at, Set<String> known, boolean isWhole) {
        if (word.startsWith("'")) {
            return;
        }
        for (String name : used(word)) {
            String guess = Spelling.suggestion(name, known);
            if (!known.contains(name) && (isWhole || !guess.isEmpty())) {
                findings.add(CheckRule.UNDEFINED_VAR, at, "$%s is not defined here%s", name, guess);
            }
        }
    }

    private void selfReference(Instruction.Env env, Set<String> before) {
        Set<String> own = new HashSet<>();
        for (Instruction.Pair pair : env.pairs()) {
            for (String name : used(pair.value())) {
                if (own.contains(name) && !before.contains(name)) {
                    findings.add(
                            CheckRule.DL3044,
                            env.source().lines(),
                            "$%s has no value yet: the whole ENV sees what was before it",
                            name);
                }
            }
            own.add(pair.name());
        }
    }

    private void secret(String name, String instruction, SourceRange at) {
        if (SECRET.matcher(name).find() && !HARMLESS.matcher(name).find()) {
            findings.add(
                    CheckRule.SECRETS_USED_IN_ARG_OR_ENV,
                    at,
                    "%s %s looks like a secret, and everybody who has the image can read it: use RUN --mount=type=secret",
                    instruction,
                    name);
        }
    }
}
