package dev.priok.logs;

import java.util.Map;

/**
 * Which driver keeps a container's log, and its options: {@code HostConfig.LogConfig}.
 *
 * @param driver name of the driver; empty means {@link #DEFAULT_DRIVER}
 * @param options the driver's options by name, unchecked; see {@code LogDrivers.validate}
 */
public record LogConfig(String driver, Map<String, String> options) {
    public static final String DEFAULT_DRIVER = "json-file";
    public static final LogConfig DEFAULT = new LogConfig(DEFAULT_DRIVER, Map.of());

    public LogConfig {
        driver = driver.isEmpty() ? DEFAULT_DRIVER : driver;
        options = Map.copyOf(options);
    }
}
