package dev.priok.build.plan;

import dev.priok.build.dockerfile.Dockerfile;
import dev.priok.build.dockerfile.Expansion;
import dev.priok.build.dockerfile.Instruction;
import dev.priok.build.dockerfile.SourceRange;
import dev.priok.build.ignore.IgnoreRules;
import dev.priok.core.Failure;
import dev.priok.core.Platform;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Makes the plan of a build. Asks for base images, since their triggers and variables shape it; does nothing else. */
public final class Planner {
    /** The stage name that stands for no image at all. */
    private static final String SCRATCH = "scratch";

    private final Dockerfile file;
    private final PlanRequest request;
    private final BaseImages images;
    private final ArgScope global;
    private final List<Step> steps = new ArrayList<>();
    private final Map<Integer, PlannedStage> stages = new HashMap<>();
    private final Map<String, Integer> imageSteps = new HashMap<>();
    private final Map<String, Integer> contextSteps = new HashMap<>();
    private final Set<String> declared = new TreeSet<>();
    private int shown;

    /** What later stages need to know of a planned one. */
    record PlannedStage(int lastStep, ArgScope scope, ImageState state) {}

    private Planner(Dockerfile file, PlanRequest request, BaseImages images, int target) {
        this.file = file;
        this.request = request;
        this.images = images;
        String name = file.stages().get(target).from().stageName().orElse(Integer.toString(target));
        Platform platform = request.platform().orElseGet(Platform::current);
        this.global = ArgScope.global(request.buildArgs(), platform, name);
    }

    /**
     * Plans the build of one Dockerfile.
     *
     * @throws Failure of kind INVALID, with file and line, when the Dockerfile asks for what cannot be; NOT_FOUND when a
     *     base image does not exist
     */
    public static BuildPlan plan(Dockerfile file, PlanRequest request, BaseImages images) {
        int target = target(file, request);
        return new Planner(file, request, images, target).plan(target);
    }

    private static int target(Dockerfile file, PlanRequest request) {
        if (request.target().isEmpty()) {
            return file.stages().size() - 1;
        }
        String name = request.target().get();
        return stageByName(file, name, file.stages().size())
                .or(() -> stageByIndex(name, file.stages().size()))
                .orElseThrow(() -> Failure.invalid("target stage \"%s\" could not be found", name));
    }

    private static Optional<Integer> stageByName(Dockerfile file, String name, int before) {
        for (int i = before - 1; i >= 0; i--) {
            if (file.stages().get(i).from().stageName().equals(Optional.of(name.toLowerCase(Locale.ROOT)))) {
                return Optional.of(i);
            }
        }
        return Optional.empty();
    }

    private static Optional<Integer> stageByIndex(String text, int before) {
        try {
            int index = Integer.parseInt(text);
            return index >= 0 && index < before ? Optional.of(index) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private BuildPlan plan(int target) {
        for (Instruction.Arg arg : file.globalArgs()) {
            declareGlobal(arg);
            SourceRange lines = arg.source().lines();
            append(
                    "",
                    true,
                    arg.source().text(),
                    lines,
                    OptionalInt.empty(),
                    new Operation.Announce(),
                    ImageState.EMPTY,
                    "",
                    0);
        }
        for (int stage : needed(target)) {
            planned(stage);
        }
        int result = planned(target).lastStep();
        if (!request.labels().isEmpty()) {
            result = label(result);
        }
        List<String> warnings = new ArrayList<>(file.warnings());
        Set<String> unused = new TreeSet<>(request.buildArgs().keySet());
        unused.removeAll(declared);
        unused.removeAll(ArgScope.PROXIES);
        unused.removeIf(name -> name.startsWith("BUILDKIT_") || name.equals("SOURCE_DATE_EPOCH"));
        if (!unused.isEmpty()) {
            warnings.add("One or more build-args [" + String.join(" ", unused) + "] were not consumed");
        }
        return new BuildPlan(steps, shown, result, warnings);
    }

    private void declareGlobal(Instruction.Arg arg) {
        for (Instruction.Arg.Definition definition : arg.definitions()) {
            String name = expandGlobal(definition.name(), arg.source().lines());
            global.declare(
                    name,
                    definition.value().map(v -> expandGlobal(v, arg.source().lines())));
            declared.add(name);
        }
    }

    private String expandGlobal(String word, SourceRange lines) {
        return expand(word, file.escape(), lines, global::globalValue);
    }

    /** Expands a word; what is wrong with it is told with its place. */
    static String expand(
            String word, char escape, SourceRange lines, java.util.function.Function<String, Optional<String>> values) {
        try {
            return Expansion.expand(word, escape, values);
        } catch (Failure e) {
            throw lines.failure("failed to process \"" + word + "\": " + e.message());
        }
    }

    /** The stages that the target needs, itself included, in the order of the file. */
    private Set<Integer> needed(int target) {
        Set<Integer> needed = new TreeSet<>();
        List<Integer> open = new ArrayList<>(List.of(target));
        while (!open.isEmpty()) {
            int stage = open.removeLast();
            if (needed.add(stage)) {
                Dockerfile.Stage s = file.stages().get(stage);
                stageByName(
                                file,
                                expandGlobal(s.from().image(), s.from().source().lines()),
                                stage)
                        .ifPresent(open::add);
                for (Instruction instruction : s.instructions()) {
                    References.of(instruction)
                            .forEach(name -> stage(name, stage).ifPresent(open::add));
                }
            }
        }
        return needed;
    }

    /** The stage before {@code before} that {@code --from} means, if it means one. */
    private Optional<Integer> stage(String from, int before) {
        return stageByName(file, from, before).or(() -> stageByIndex(from, before));
    }

    private PlannedStage planned(int index) {
        PlannedStage known = stages.get(index);
        if (known != null) {
            return known;
        }
        PlannedStage stage = new StagePlanner(this, file.stages().get(index), file.escape()).plan();
        stages.put(index, stage);
        return stage;
    }

    /** The step that {@code --from} means: the end of a stage, or an image. */
    int source(String from, int stage, SourceRange lines) {
        Optional<Integer> files = contextStep(from, lines);
        if (files.isPresent()) {
            return files.get();
        }
        Optional<Integer> earlier = request.images().containsKey(from) ? Optional.empty() : stage(from, stage);
        if (earlier.isPresent()) {
            return planned(earlier.get()).lastStep();
        }
        if (!request.images().containsKey(from) && from.equals(Integer.toString(stage))) {
            throw lines.failure("invalid from flag value " + from + ": refers to current build stage");
        }
        if (!request.images().containsKey(from) && from.chars().allMatch(Character::isDigit)) {
            throw lines.failure("invalid from flag value " + from + ": invalid stage index");
        }
        Integer known = imageSteps.get(from);
        if (known != null) {
            return known;
        }
        BaseImage image;
        try {
            image = resolve(from, request.platform(), lines);
        } catch (Failure e) {
            throw new Failure(e.kind(), "invalid from flag value " + from + ": " + e.message(), e);
        }
        int step = append(
                "",
                false,
                "FROM " + from,
                lines,
                OptionalInt.empty(),
                new Operation.Start(Optional.of(image)),
                image.state(),
                "",
                0);
        imageSteps.put(from, step);
        return step;
    }

    /** The step that has the files of the named context that a FROM means, if it means one. */
    Optional<Integer> contextStep(Instruction.From from) {
        return contextStep(baseName(from), from.source().lines());
    }

    private Optional<Integer> contextStep(String name, SourceRange lines) {
        if (!request.contexts().contains(name)) {
            return Optional.empty();
        }
        return Optional.of(contextSteps.computeIfAbsent(name, _ -> {
            int start = append(
                    "",
                    false,
                    "FROM scratch",
                    lines,
                    OptionalInt.empty(),
                    new Operation.Start(Optional.empty()),
                    ImageState.EMPTY,
                    "",
                    0);
            Operation.Copy copy = new Operation.Copy(
                    "COPY",
                    List.of(new Operation.CopySource.FromContext(name, "/")),
                    "/",
                    Optional.empty(),
                    Optional.empty(),
                    IgnoreRules.NONE,
                    false,
                    false,
                    false);
            return append(
                    "",
                    false,
                    "COPY context " + name + " /",
                    lines,
                    OptionalInt.of(start),
                    copy,
                    ImageState.EMPTY,
                    "",
                    0);
        }));
    }

    /** The stage that a FROM begins with, if it names one. */
    Optional<PlannedStage> baseStage(Instruction.From from, int stage) {
        if (request.images().containsKey(baseName(from))) {
            return Optional.empty();
        }
        return stageByName(file, baseName(from), stage).map(this::planned);
    }

    /** The image that a FROM begins with; nothing for scratch. */
    Optional<BaseImage> baseImage(Instruction.From from) {
        String name = baseName(from);
        if (name.equals(SCRATCH)) {
            return Optional.empty();
        }
        SourceRange lines = from.source().lines();
        Optional<Platform> platform = from.platform()
                .map(p -> expandGlobal(p, lines))
                .filter(p -> !p.isEmpty())
                .map(Platform::parse);
        return Optional.of(resolve(name, platform.or(request::platform), lines));
    }

    private String baseName(Instruction.From from) {
        SourceRange lines = from.source().lines();
        String name = expandGlobal(from.image(), lines);
        if (name.isEmpty()) {
            throw lines.failure("base name (" + from.image() + ") should not be blank");
        }
        return name;
    }

    private BaseImage resolve(String name, Optional<Platform> platform, SourceRange lines) {
        try {
            return images.resolve(request.images().getOrDefault(name, name), platform);
        } catch (Failure e) {
            if (e.kind() == Failure.Kind.INVALID) {
                throw lines.failure("failed to parse stage name \"" + name + "\": " + e.message());
            }
            throw e;
        }
    }

    ArgScope global() {
        return global;
    }

    PlanRequest request() {
        return request;
    }

    void declared(Set<String> names) {
        declared.addAll(names);
    }

    /** Adds a step and answers its id. */
    int append(
            String stage,
            boolean isShown,
            String text,
            SourceRange lines,
            OptionalInt parent,
            Operation operation,
            ImageState after,
            String history,
            int triggers) {
        OptionalInt number = isShown ? OptionalInt.of(++shown) : OptionalInt.empty();
        steps.add(new Step(steps.size(), stage, number, text, lines, parent, operation, after, history, triggers));
        return steps.size() - 1;
    }

    private int label(int result) {
        Step last = steps.get(result);
        ImageState.Change change = last.after().change();
        change.labels.putAll(request.labels());
        String text = new TreeMap<>(request.labels())
                .entrySet().stream()
                        .map(e -> e.getKey() + "=" + e.getValue())
                        .collect(Collectors.joining(" ", "LABEL ", ""));
        return append(
                last.stage(),
                true,
                text,
                last.lines(),
                OptionalInt.of(result),
                new Operation.Configure(),
                change.done(),
                StagePlanner.noOperation(last.after(), " " + text),
                0);
    }
}
