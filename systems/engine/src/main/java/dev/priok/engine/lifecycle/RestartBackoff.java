package dev.priok.engine.lifecycle;

import dev.priok.engine.RestartPolicy;
import java.time.Duration;
import java.util.Optional;

/**
 * Whether and when a container that ended is started again: Docker's rules (moby {@code daemon/internal/restartmanager}). Not
 * thread-safe; its container's lock guards it.
 */
public final class RestartBackoff {
    /** The first delay; each further one is twice the one before. */
    public static final Duration FIRST_DELAY = Duration.ofMillis(100);

    /** A crash loop costs one start a minute at most. */
    public static final Duration LONGEST_DELAY = Duration.ofMinutes(1);

    /** A run of this length is a good one: delays begin anew. */
    public static final Duration GOOD_RUN = Duration.ofSeconds(10);

    private Duration lastDelay = Duration.ZERO;
    private int failures;

    /**
     * Decides after a run.
     *
     * @param manuallyStopped whether a user asked for the end
     * @return the delay before the next start, or nothing to stay down
     */
    public Optional<Duration> afterExit(RestartPolicy policy, int exitCode, boolean manuallyStopped, Duration ranFor) {
        if (policy.isNone() || manuallyStopped) {
            return Optional.empty();
        }
        if (exitCode != 0) {
            failures++;
        } else {
            failures = 0;
        }
        if (ranFor.compareTo(GOOD_RUN) >= 0) {
            lastDelay = Duration.ZERO;
        }
        boolean again = switch (policy.name()) {
            case "always", "unless-stopped" -> true;
            case "on-failure" ->
                exitCode != 0 && (policy.maximumRetryCount() == 0 || failures <= policy.maximumRetryCount());
            default -> false;
        };
        if (!again) {
            return Optional.empty();
        }
        Duration delay = lastDelay.isZero() ? FIRST_DELAY : lastDelay.multipliedBy(2);
        lastDelay = delay.compareTo(LONGEST_DELAY) > 0 ? LONGEST_DELAY : delay;
        return Optional.of(lastDelay);
    }

    /** A user started it: everything begins anew. */
    public void reset() {
        lastDelay = Duration.ZERO;
        failures = 0;
    }
}
