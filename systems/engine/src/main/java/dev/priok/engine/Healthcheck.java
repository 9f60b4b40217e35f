package dev.priok.engine;

import java.util.List;

/**
 * How the health of a container is probed. Zero means the default (30 s interval and timeout, 3 retries, no start period, 5 s
 * start interval).
 *
 * @param test {@code [NONE]}, {@code [CMD, args...]} or {@code [CMD-SHELL, command]}; empty inherits the image's
 * @param intervalNanos between the end of a probe and the start of the next
 * @param timeoutNanos after which a probe is killed and counts as failed
 * @param startPeriodNanos in which failures do not count
 * @param startIntervalNanos interval in the start period
 * @param retries failures in a row that make it unhealthy
 */
public record Healthcheck(
        List<String> test,
        long intervalNanos,
        long timeoutNanos,
        long startPeriodNanos,
        long startIntervalNanos,
        int retries) {
    public Healthcheck {
        test = Copies.list(test);
    }
}
