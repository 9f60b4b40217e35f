package dev.priok.engine.state;

import java.time.Instant;
import java.util.Map;

/**
 * A volume; its directory is named after it.
 *
 * @param driver {@code local}, or the plugin that keeps it
 */
public record VolumeRow(
        String name,
        Instant created,
        Map<String, String> labels,
        Map<String, String> options,
        boolean anonymous,
        String driver) {
    /** The driver of volumes that this engine keeps itself. */
    public static final String LOCAL = "local";

    public VolumeRow {
        driver = driver == null || driver.isEmpty() ? LOCAL : driver;
        labels = labels == null ? Map.of() : Map.copyOf(labels);
        options = options == null ? Map.of() : Map.copyOf(options);
    }

    /** Whether this engine keeps it. */
    public boolean local() {
        return driver.equals(LOCAL);
    }
}
