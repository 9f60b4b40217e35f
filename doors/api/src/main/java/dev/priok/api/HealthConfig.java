package dev.priok.api;

import java.util.List;

/** A health check; durations in nanoseconds, 0 for the default. */
public record HealthConfig(
        List<String> test, long interval, long timeout, long startPeriod, long startInterval, int retries) {
    public HealthConfig {
        test = Absent.list(test);
    }
}
