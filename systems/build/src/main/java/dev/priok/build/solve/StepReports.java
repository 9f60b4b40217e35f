package dev.priok.build.solve;

import dev.priok.build.BuildEvent;
import dev.priok.build.BuildObserver;
import dev.priok.build.BuildStatus;
import dev.priok.build.plan.BaseImage;
import dev.priok.build.plan.BuildPlan;
import dev.priok.build.plan.Operation;
import dev.priok.build.plan.Step;
import dev.priok.core.Digest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Tells what happens in the steps of one build: in the order of the steps, and as it happens. */
final class StepReports {
    private final BuildRun build;
    private final BuildPlan plan;
    private final Definitions definitions;
    private final OrderedEvents ordered;
    private final BuildObserver observer;
    /** By number: each line of output tells the name of its step. */
    private final List<Digest> names;

    private final Map<Integer, Instant> started = new ConcurrentHashMap<>();
    private final Map<Integer, Boolean> cached = new ConcurrentHashMap<>();

    StepReports(BuildRun build, BuildPlan plan, Definitions definitions) {
        this.build = build;
        this.plan = plan;
        this.definitions = definitions;
        this.observer = build.request().extras().observer();
        this.names = plan.steps().stream().map(this::named).toList();
        this.ordered = new OrderedEvents(
                build.events(),
                build.scratch(),
                plan.steps().stream().map(Step::id).toList());
    }

    private boolean isWatched(Step step) {
        return step.number().isPresent() && !(step.operation() instanceof Operation.Announce);
    }

    private void vertex(Step step, Optional<Instant> completed, String error) {
        if (isWatched(step)) {
            List<Digest> inputs = Stream.concat(step.parent().stream().boxed(), step.sources().stream())
                    .map(definitions::vertex)
                    .distinct()
                    .toList();
            observer.happened(new BuildStatus.Vertex(
                    name(step),
                    inputs,
                    title(step),
                    Optional.ofNullable(started.get(step.id())),
                    completed,
                    cached.getOrDefault(step.id(), false),
                    error));
        }
    }

    /** Steps that only change words share the definition of the files below, and are told apart by their text. */
    private Digest named(Step step) {
        return new KeyHash("watched")
                .add(definitions.vertex(step.id()).hex())
                .add(Integer.toString(step.id()))
                .digest();
    }

    private Digest name(Step step) {
        return names.get(step.id());
    }

    private String title(Step step) {
        List<Step> own = plan.steps().stream()
                .filter(s -> s.stage().equals(step.stage()) && isWatched(s))
                .toList();
        int number = IntStream.range(0, own.size())
                        .filter(i -> own.get(i).id() == step.id())
                        .findFirst()
                        .orElse(0)
                + 1;
        return "[%s %d/%d] %s".formatted(step.stage(), number, own.size(), step.text());
    }

    void started(Step step) {
        started.put(step.id(), build.clock().instant());
        if (step.number().isPresent()) {
            ordered.tell(step.id(), new BuildEvent.StepStarted(step.number().getAsInt(), plan.total(), step.text()));
        }
        vertex(step, Optional.empty(), "");
    }

    void told(Step step, BuildEvent event) {
        switch (event) {
            case BuildEvent.StepCached _ -> cached.put(step.id(), true);
            case BuildEvent.Output(BuildEvent.Channel channel, String text) -> {
                if (isWatched(step)) {
                    observer.happened(new BuildStatus.Log(name(step), channel, text));
                }
            }
            default -> {}
        }
        ordered.tell(step.id(), event);
    }

    /** Tells why a step is done. */
    void notCached(Step step, String reason) {
        if (isWatched(step)) {
            observer.happened(new BuildStatus.NotCached(name(step), reason));
        }
    }

    void completed(Step step, Result result) {
        vertex(step, Optional.of(build.clock().instant()), "");
        ordered.done(step.id());
    }

    void broken(Step step, Exception e) {
        if (started.containsKey(step.id())) {
            vertex(step, Optional.of(build.clock().instant()), String.valueOf(e.getMessage()));
        }
    }

    /** A step that is not needed: its result may be known all the same. */
    void skipped(Step step, Optional<Result> known) {
        if (step.number().isPresent()) {
            ordered.tell(step.id(), new BuildEvent.StepStarted(step.number().getAsInt(), plan.total(), step.text()));
            boolean isStart =
                    step.operation() instanceof Operation.Start || step.operation() instanceof Operation.Continue;
            if (known.isEmpty()) {
                ordered.tell(step.id(), new BuildEvent.StepSkipped());
            } else if (!isStart) {
                ordered.tell(step.id(), new BuildEvent.StepCached());
            }
            // A stage begins with the base's own name, as it does when the step is done.
            known.ifPresent(result -> ordered.tell(
                    step.id(),
                    new BuildEvent.Committed(step.base().map(BaseImage::id).orElse(result.imageId()))));
        }
        ordered.done(step.id());
    }

    /** Tells what waits up to the step that failed. */
    void failed(int step) {
        ordered.finish(step);
    }

    void close() {
        ordered.close();
    }
}
