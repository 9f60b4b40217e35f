package dev.priok.build.plan;

import dev.priok.build.dockerfile.Dockerfile;
import dev.priok.build.dockerfile.DockerfileParser;
import dev.priok.build.dockerfile.Instruction;
import dev.priok.build.dockerfile.SourceRange;
import dev.priok.build.tree.PathResolver;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** Plans one stage: keeps what the image would say after each instruction, and adds a step for each. */
final class StagePlanner {
    /** What a container without PATH gets, so an image without one says it. */
    private static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final Planner planner;
    private final Dockerfile.Stage stage;
    private final char escape;
    private ArgScope scope;
    private ImageState state = ImageState.EMPTY;
    private int last;
    private boolean commandIsOwn;
    private final String name;

    StagePlanner(Planner planner, Dockerfile.Stage stage, char escape) {
        this.planner = planner;
        this.stage = stage;
        this.escape = escape;
        this.scope = planner.global().stage();
        this.name = stage.from().stageName().orElse("stage-" + stage.index());
    }

    Planner.PlannedStage plan() {
        List<String> triggers = begin();
        for (String trigger : triggers) {
            step(
                    DockerfileParser.parseTrigger(
                            trigger, '\\', stage.from().source().lines()),
                    false);
        }
        for (Instruction instruction : stage.instructions()) {
            step(instruction, true);
        }
        planner.declared(scope.declaredNames());
        return new Planner.PlannedStage(last, scope, state);
    }

    /** Adds the step for FROM; answers the triggers of the base, which end with it. */
    private List<String> begin() {
        Instruction.From from = stage.from();
        Optional<Integer> files = planner.contextStep(from);
        Optional<Planner.PlannedStage> earlier =
                files.isPresent() ? Optional.empty() : planner.baseStage(from, stage.index());
        OptionalInt parent = OptionalInt.empty();
        Operation operation;
        if (earlier.isPresent()) {
            scope = earlier.get().scope().child();
            state = earlier.get().state();
            parent = OptionalInt.of(earlier.get().lastStep());
            operation = new Operation.Continue();
        } else if (files.isPresent()) {
            parent = OptionalInt.of(files.get());
            operation = new Operation.Continue();
        } else {
            Optional<BaseImage> base = planner.baseImage(from);
            state = base.map(BaseImage::state).orElse(ImageState.EMPTY);
            operation = new Operation.Start(base);
        }
        List<String> triggers = state.config().onBuild();
        ImageState.Change change = state.change();
        change.onBuild.clear();
        change.env.putIfAbsent("PATH", DEFAULT_PATH);
        state = change.done();
        last = planner.append(
                name, true, from.source().text(), from.source().lines(), parent, operation, state, "", triggers.size());
        return triggers;
    }

    private void step(Instruction instruction, boolean shown) {
        SourceRange lines = instruction.source().lines();
        ImageState.Change change = state.change();
        Operation operation = new Operation.Configure();
        String history;
        switch (instruction) {
            case Instruction.From _ -> throw new IllegalStateException("FROM inside a stage");
            case Instruction.Run run -> {
                Operation.Run op = new RunPlanner(this, state).plan(run);
                operation = op;
                history = RunPlanner.history(op.args(), scope, state);
            }
            case Instruction.Transfer transfer -> {
                operation = new TransferPlanner(this).plan(transfer);
                history = noOperation(state, "");
            }
            case Instruction.Workdir workdir -> {
                String path = expand(workdir.path(), lines);
                if (path.isBlank()) {
                    throw lines.failure("WORKDIR requires exactly one argument");
                }
                change.workingDirectory = absolute(path);
                operation = new Operation.MakeDirectory(
                        change.workingDirectory, state.config().user());
                history = noOperation(state, " WORKDIR " + change.workingDirectory);
            }
            case Instruction.Env env -> {
                Map<String, String> pairs = pairs(env.pairs(), lines);
                change.env.putAll(pairs);
                history = noOperation(state, " ENV " + joined(pairs));
            }
            case Instruction.Label label -> {
                Map<String, String> pairs = pairs(label.pairs(), lines);
                change.labels.putAll(pairs);
                history = noOperation(state, " LABEL " + joined(pairs));
            }
            case Instruction.Arg arg -> history = noOperation(state, " ARG " + declare(arg, lines));
            default -> history = noOperation(state, " " + new Configuration(this, change, state).apply(instruction));
        }
        if (instruction instanceof Instruction.Cmd) {
            commandIsOwn = true;
        }
        if (instruction instanceof Instruction.Entrypoint && !commandIsOwn) {
            // A command of the base was meant for the base's entrypoint.
            change.command = List.of();
        }
        state = change.done();
        last = planner.append(
                name, shown, instruction.source().text(), lines, OptionalInt.of(last), operation, state, history, 0);
    }

    private String declare(Instruction.Arg arg, SourceRange lines) {
        List<String> texts = new ArrayList<>();
        for (Instruction.Arg.Definition definition : arg.definitions()) {
            String name = expand(definition.name(), lines);
            Optional<String> value = definition.value().map(v -> expand(v, lines));
            scope.declare(name, value);
            texts.add(name + value.map(v -> "=" + v).orElse(""));
        }
        return String.join(" ", texts);
    }

    private Map<String, String> pairs(List<Instruction.Pair> pairs, SourceRange lines) {
        Map<String, String> result = new LinkedHashMap<>();
        for (Instruction.Pair pair : pairs) {
            String name = expand(pair.name(), lines);
            if (name.isEmpty()) {
                throw lines.failure("names can not be blank");
            }
            result.put(name, expand(pair.value(), lines));
        }
        return result;
    }

    private static String joined(Map<String, String> pairs) {
        return pairs.entrySet().stream()
                .map(e -> e.getKey() + "=" + e.getValue())
                .collect(Collectors.joining(" "));
    }

    /** The line in the history of an instruction that runs nothing. */
    static String noOperation(ImageState state, String text) {
        return String.join(" ", state.effectiveShell()) + " #(nop) " + text;
    }

    /** Expands a word with what stands before the current instruction: ENV beats ARG. */
    String expand(String word, SourceRange lines) {
        return Planner.expand(word, escape, lines, this::value);
    }

    Optional<String> value(String name) {
        return Optional.ofNullable(state.env().get(name)).or(() -> scope.value(name));
    }

    char escape() {
        return escape;
    }

    ArgScope scope() {
        return scope;
    }

    /** The step that {@code --from} means. */
    int source(String from, SourceRange lines) {
        return planner.source(from, stage.index(), lines);
    }

    boolean insecureAllowed() {
        return planner.request().insecureAllowed();
    }

    boolean hostNetworkAllowed() {
        return planner.request().hostNetworkAllowed();
    }

    /** A path of the image, from its working directory on. */
    String absolute(String path) {
        return "/"
                + PathResolver.clean(
                        path.startsWith("/") ? path : state.config().workingDir() + "/" + path);
    }
}
