package dev.priok.engine;

import java.util.Map;

/**
 * Where output is kept.
 *
 * @param driver {@code json-file}, {@code none}...; empty for the daemon's default
 * @param options of the driver
 */
public record LoggingSpec(String driver, Map<String, String> options) {
    /** The daemon's driver with its options. */
    public static final LoggingSpec DEFAULT = new LoggingSpec("", Map.of());

    public LoggingSpec {
        driver = Copies.text(driver);
        options = Copies.map(options);
    }
}
