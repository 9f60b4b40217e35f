package dev.priok.engine.lifecycle;

import dev.priok.engine.RestartPolicy;
import dev.priok.engine.Upkeep;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether and when a container that ended is started again: Docker's rules (moby {@code daemon/internal/restartmanager}). Not
 * thread-safe; its container's lock guards it.
 */
public final class RestartBackoff {
    private Duration lastDelay = Duration.ZERO;
    private int failures;

    /**
     * Decides after a run.
     *
     * @param delays how long restarts wait; with none unsaid
     * @param manuallyStopped whether a user asked for the end
     * @return the delay before the next start, or nothing to stay down
     */
    public Optional<Duration> afterExit(
            RestartPolicy policy, Upkeep delays, int exitCode, boolean manuallyStopped, Duration ranFor) {
        if (policy.isNone() || manuallyStopped) {
            return Optional.empty();
        }
        if (exitCode != 0) {
            failures++;
        } else {
            failures = 0;
        }
        if (ranFor.compareTo(said(delays.restartReset())) >= 0) {
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
        Duration delay = lastDelay.isZero() ? said(delays.restartDelay()) : lastDelay.multipliedBy(2);
        Duration longest = said(delays.restartMaxDelay());
        lastDelay = delay.compareTo(longest) > 0 ? longest : delay;
        return Optional.of(lastDelay);
    }

    private static Duration said(@Nullable Duration duration) {
        return Objects.requireNonNull(duration, "delays that are not complete");
    }

    /** A user started it: everything begins anew. */
    public void reset() {
        lastDelay = Duration.ZERO;
        failures = 0;
    }
}
