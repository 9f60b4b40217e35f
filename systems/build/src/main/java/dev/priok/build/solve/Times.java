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

    private static Instant read(String seconds) {
        try {
            return Instant.ofEpochSecond(Long.parseLong(seconds));
        } catch (NumberFormatException | DateTimeException e) {
            throw new Failure(Failure.Kind.INVALID, "invalid SOURCE_DATE_EPOCH: " + seconds, e);
        }
    }

    /** What is told instead of the true time; nothing when that is told. */
    Optional<Instant> of(int step) {
        return times.get(step);
    }

    /** The same in seconds. */
    OptionalLong seconds(int step) {
        return times.get(step).map(t -> OptionalLong.of(t.getEpochSecond())).orElse(OptionalLong.empty());
    }

    /** The same as part of a key. */
    String text(int step) {
        return times.get(step).map(Instant::toString).orElse("true time");
    }

    /** The name of the variable that processes learn the time by. */
    static String variable() {
        return VARIABLE;
    }
}
