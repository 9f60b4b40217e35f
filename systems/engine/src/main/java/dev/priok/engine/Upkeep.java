package dev.priok.engine;

import dev.priok.core.Failure;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a container is kept up, beyond what Docker lets one say. What is null here is said by the next of: the container's fields,
 * its labels, the daemon's options, {@link #BUILT_IN}.
 *
 * @param restartOnUnhealthy whether it is restarted when its health check calls it unhealthy
 * @param restartDelay before the first restart by policy; each further one is twice the one before
 * @param restartMaxDelay what that delay grows to
 * @param restartReset after a run of this length delays begin anew
 * @param startTimeout how long a start may take, hooks included
 */
public record Upkeep(
        @Nullable Boolean restartOnUnhealthy,
        @Nullable Duration restartDelay,
        @Nullable Duration restartMaxDelay,
        @Nullable Duration restartReset,
        @Nullable Duration startTimeout) {
    /** Nothing said. */
    public static final Upkeep UNSAID = new Upkeep(null, null, null, null, null);

    /** Docker's delays (moby {@code daemon/internal/restartmanager}); a start that takes minutes hangs. */
    public static final Upkeep BUILT_IN = new Upkeep(
            false, Duration.ofMillis(100), Duration.ofMinutes(1), Duration.ofSeconds(10), Duration.ofMinutes(2));

    /** Before the names of labels. */
    public static final String LABEL_PREFIX = "priok.";

    /** A shorter delay would restart a container as fast as it ends. */
    private static final Duration SHORTEST = Duration.ofMillis(1);

    /** What labels say, {@code priok.restart-delay=1s} and so on; a value that is none is refused. */
    public static Upkeep ofLabels(Map<String, String> labels) {
        return new Upkeep(
                flag(labels, "restart-on-unhealthy"),
                duration(labels, "restart-delay"),
                duration(labels, "restart-max-delay"),
                duration(labels, "restart-reset"),
                duration(labels, "start-timeout"));
    }

    /** Refuses delays that contradict each other or are too short to mean anything. */
    public void check() {
        positive("restart-delay", restartDelay);
        positive("restart-max-delay", restartMaxDelay);
        positive("start-timeout", startTimeout);
        if (restartDelay != null && restartMaxDelay != null && restartDelay.compareTo(restartMaxDelay) > 0) {
            throw Failure.invalid("invalid restart-delay: it is longer than restart-max-delay");
        }
    }

    /** This, and where it says nothing, {@code next}. */
    public Upkeep or(Upkeep next) {
        return new Upkeep(
                restartOnUnhealthy != null ? restartOnUnhealthy : next.restartOnUnhealthy,
                restartDelay != null ? restartDelay : next.restartDelay,
                restartMaxDelay != null ? restartMaxDelay : next.restartMaxDelay,
                restartReset != null ? restartReset : next.restartReset,
                startTimeout != null ? startTimeout : next.startTimeout);
    }

    private static void positive(String name, @Nullable Duration duration) {
        if (duration != null && duration.compareTo(SHORTEST) < 0) {
            throw Failure.invalid("invalid %s: it must be at least 1ms", name);
        }
    }

    private static @Nullable Boolean flag(Map<String, String> labels, String name) {
        String value = labels.get(LABEL_PREFIX + name);
        if (value == null) {
            return null;
        }
        if (!value.equals("true") && !value.equals("false")) {
            throw Failure.invalid("invalid label %s%s=%s: want true or false", LABEL_PREFIX, name, value);
        }
        return Boolean.valueOf(value);
    }

    private static @Nullable Duration duration(Map<String, String> labels, String name) {
        String value = labels.get(LABEL_PREFIX + name);
        return value == null
                ? null
                : DurationText.parse(value)
                        .orElseThrow(() -> Failure.invalid(
                                "invalid label %s%s=%s: want a duration such as 500ms or 1m30s",
                                LABEL_PREFIX, name, value));
    }
}
