package dev.priok.build.plan;

import dev.priok.build.dockerfile.CommandLine;
import dev.priok.build.dockerfile.Heredoc;
import dev.priok.build.dockerfile.Instruction;
import dev.priok.build.dockerfile.SourceRange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Plans RUN. */
final class RunPlanner {
    /** Where a heredoc that is a script of its own lies while it runs. */
    private static final String SCRIPTS = "/dev/pipes/";

    private final StagePlanner stage;
    private final ImageState state;

    RunPlanner(StagePlanner stage, ImageState state) {
        this.stage = stage;
        this.state = state;
    }

    Operation.Run plan(Instruction.Run run) {
        SourceRange lines = run.source().lines();
        boolean insecure = insecure(run, lines);
        String directory =
                state.config().workingDir().isEmpty() ? "/" : state.config().workingDir();
        List<Operation.MountRequest> mounts = run.mounts().stream()
                .map(value -> MountOptions.read(
                        value, lines, directory, word -> stage.expand(word, lines), from -> stage.source(from, lines)))
                .toList();
        Map<String, String> env = new LinkedHashMap<>(stage.scope().values());
        env.putAll(state.env());
        Optional<Operation.InlineFile> script = script(run);
        return new Operation.Run(
                args(run, script),
                env,
                stage.scope().undeclaredProxies(),
                directory,
                state.config().user(),
                mounts,
                network(run, lines),
                insecure,
                script);
    }

    private boolean insecure(Instruction.Run run, SourceRange lines) {
        String security = run.security().map(s -> stage.expand(s, lines)).orElse("sandbox");
        return switch (security) {
            case "sandbox" -> false;
            case "insecure" -> {
                if (!stage.insecureAllowed()) {
                    throw lines.failure(
                            "RUN --security=insecure is not allowed: build with --allow security.insecure to give it");
                }
                yield true;
            }
            default -> throw lines.failure("security \"" + security + "\" is not valid");
        };
    }

    private Optional<String> network(Instruction.Run run, SourceRange lines) {
        Optional<String> mode = run.network().map(n -> stage.expand(n, lines));
        return switch (mode.orElse("default")) {
            case "default" -> Optional.empty();
            case "none" -> mode;
            case "host" -> {
                if (!stage.hostNetworkAllowed()) {
                    throw lines.failure(
                            "RUN --network=host is not allowed: the build was not given the host's network");
                }
                yield mode;
            }
            default -> throw lines.failure("invalid network mode: \"" + mode.orElse("") + "\"");
        };
    }

    /** The whole command is one heredoc whose text names its own interpreter. */
    private static Optional<Operation.InlineFile> script(Instruction.Run run) {
        if (!isOneHeredoc(run)) {
            return Optional.empty();
        }
        Heredoc heredoc = run.heredocs().getFirst();
        return heredoc.text().startsWith("#!")
                ? Optional.of(new Operation.InlineFile(heredoc.name(), heredoc.text()))
                : Optional.empty();
    }

    private static boolean isOneHeredoc(Instruction.Run run) {
        return run.heredocs().size() == 1
                && run.command() instanceof CommandLine.Shell(String text)
                && text.equals(run.heredocs().getFirst().word());
    }

    private List<String> args(Instruction.Run run, Optional<Operation.InlineFile> script) {
        return switch (run.command()) {
            case CommandLine.Exec(List<String> args) -> args;
            case CommandLine.Shell(String text) -> {
                if (script.isPresent()) {
                    yield List.of(SCRIPTS + script.get().name());
                }
                List<String> args = new ArrayList<>(state.effectiveShell());
                args.add(isOneHeredoc(run) ? run.heredocs().getFirst().text() : withHeredocs(text, run.heredocs()));
                yield args;
            }
        };
    }

    /** The text as the shell must see it, which knows heredocs itself. */
    private static String withHeredocs(String text, List<Heredoc> heredocs) {
        StringBuilder result = new StringBuilder(text);
        for (Heredoc heredoc : heredocs) {
            result.append('\n').append(heredoc.content()).append(heredoc.name());
        }
        return heredocs.isEmpty() ? text : result.append('\n').toString();
    }

    /** The step in the history: the command, after the build arguments that it could see. */
    static String history(List<String> args, ArgScope scope, ImageState state) {
        Map<String, String> visible = new LinkedHashMap<>(scope.values());
        Set<String> hidden = state.env().keySet();
        visible.keySet().removeAll(hidden);
        StringBuilder text = new StringBuilder();
        if (!visible.isEmpty()) {
            text.append('|').append(visible.size()).append(' ');
            visible.forEach(
                    (name, value) -> text.append(name).append('=').append(value).append(' '));
        }
        return text.append(String.join(" ", args)).toString();
    }
}
