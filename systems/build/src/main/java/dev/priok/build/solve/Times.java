package dev.priok.build.solve;

import dev.priok.build.plan.BuildPlan;
import dev.priok.build.plan.Operation;
import dev.priok.build.plan.Step;
import dev.priok.core.Failure;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The time that each step's files and words tell. It is the one that the caller set, or that of the stage's base image, so that
 * the same inputs give the same image on every machine and day; or none, and then the true one is told.
 */
final class Times {
    /** 1980-01-01, the earliest time that ZIP archives can hold. */
    private static final Instant EARLIEST = Instant.ofEpochSecond(315_532_800);

    private static final String VARIABLE = "SOURCE_DATE_EPOCH";

    private final List<Optional<Instant>> times = new ArrayList<>();
    private final List<Optional<Instant>> files = new ArrayList<>();

    private Times() {}

    /** Finds out the time of each step. */
    static Times of(BuildPlan plan, BuildRun build) {
        String set = build.request().buildArgs().getOrDefault(VARIABLE, "");
        Optional<Instant> given = set.isEmpty() ? Optional.empty() : Optional.of(read(set));
        Times times = new Times();
        for (Step step : plan.steps()) {
            if (build.request().extras().keepTimes() && given.isEmpty()) {
                times.times.add(Optional.empty());
            } else {
                times.times.add(Optional.of(given.orElseGet(() -> times.natural(step))));
            }
            boolean isOwn = step.operation() instanceof Operation.Copy copy && copy.linked();
            times.files.add(
                    isOwn
                            ? times.of(step.id()).map(_ -> given.orElseGet(() -> times.ofSources(step)))
                            : times.of(step.id()));
        }
        return times;
    }

    private Instant natural(Step step) {
        if (step.parent().isPresent()) {
            return times.get(step.parent().getAsInt()).orElse(EARLIEST);
        }
        if (step.operation() instanceof Operation.Start(var base) && base.isPresent()) {
            Instant created = base.get().config().createdAt().orElse(EARLIEST);
            return created.isBefore(EARLIEST) ? EARLIEST : Instant.ofEpochSecond(created.getEpochSecond());
        }
        return EARLIEST;
    }

    /** The time of a copy that does not know what is below: the latest of those that it copies from. */
    private Instant ofSources(Step step) {
        return step.sources().stream()
                .flatMap(source -> times.get(source).stream())
                .max(Instant::compareTo)
                .orElse(EARLIEST);
    }

    private static Instant read(String seconds) {
        try {
            return Instant.ofEpochSecond(Long.parseLong(seconds));
        } catch (NumberFormatException | DateTimeException e) {
            throw new Failure(Failure.Kind.INVALID, "invalid SOURCE_DATE_EPOCH: " + seconds, e);
        }
    }

    /** What the image tells instead of the true time; nothing when that is told. */
    Optional<Instant> of(int step) {
        return times.get(step);
    }

    /** The time of the files that a step makes, in seconds. */
    OptionalLong seconds(int step) {
        return files.get(step).map(t -> OptionalLong.of(t.getEpochSecond())).orElse(OptionalLong.empty());
    }

    /** The same as part of a key. */
    String text(int step) {
        return files.get(step).map(Instant::toString).orElse("true time");
    }

    /** The name of the variable that processes learn the time by. */
    static String variable() {
        return VARIABLE;
    }
}
