package dev.priok.logs;

import dev.priok.core.Failure;
import dev.priok.logs.internal.FileDriver;
import dev.priok.logs.internal.ForwardedDriver;
import dev.priok.logs.internal.NoneDriver;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** The drivers that this build has, by the names that Docker gives them. */
public final class LogDrivers {
    private static final String NONE = "none";
    private static final String LOCAL = "local";
    private static final String SYSLOG = "syslog";
    private static final String JOURNALD = "journald";

    private LogDrivers() {}

    /** Names of the drivers, as {@code GET /info} lists them. */
    public static List<String> names() {
        return List.of(JOURNALD, LogConfig.DEFAULT_DRIVER, LOCAL, NONE, SYSLOG);
    }

    /**
     * Checks driver and options.
     *
     * @throws Failure of kind INVALID that names what is wrong
     */
    public static void validate(LogConfig config) {
        switch (config.driver()) {
            case LogConfig.DEFAULT_DRIVER -> FileDriver.checkJsonFile(config.options());
            case LOCAL -> FileDriver.checkLocal(config.options());
            case SYSLOG -> ForwardedDriver.checkSyslog(config.options());
            case JOURNALD -> ForwardedDriver.checkJournald(config.options());
            case NONE -> NoneDriver.check(config.options());
            default -> throw Failure.invalid("logger: no log driver named '%s' is registered", config.driver());
        }
    }

    /**
     * Opens the log of a container, without touching a file; keep it as long as the container exists, for writing and reading.
     *
     * @param folder where a driver that keeps files puts them; must exist
     * @throws Failure of kind INVALID as {@link #validate}
     */
    public static LogDriver open(LogConfig config, LogSubject subject, Path folder, InstantSource clock) {
        validate(config);
        return switch (config.driver()) {
            case NONE -> new NoneDriver(config.options());
            case LOCAL -> FileDriver.local(config.options(), subject, folder, clock);
            case SYSLOG -> ForwardedDriver.syslog(config.options(), subject, folder, clock);
            case JOURNALD -> ForwardedDriver.journald(config.options(), subject, folder, clock);
            default -> FileDriver.jsonFile(config.options(), subject, folder, clock);
        };
    }

    /** A driver that keeps nothing, for output that has no log, such as that of exec. */
    public static LogDriver none() {
        return new NoneDriver(Map.of());
    }
}
