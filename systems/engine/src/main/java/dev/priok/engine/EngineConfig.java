package dev.priok.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How an engine is set up.
 *
 * @param dataRoot what lasts: containers, volumes
 * @param runRoot what need not outlast a reboot, such as {@code /run/priok}
 * @param cgroupParent where the cgroups of containers are made, such as {@code /priok}
 * @param logging driver of containers that ask for none, with its options
 * @param init whether containers that do not say get a reaping first process
 * @param stopTimeout of containers that do not say
 * @param labels of the daemon
 * @param version of this build
 * @param debug whether the daemon tells more
 * @param networking of networks
 */
public record EngineConfig(
        Path dataRoot,
        Path runRoot,
        String cgroupParent,
        LoggingSpec logging,
        boolean init,
        Duration stopTimeout,
        List<String> labels,
        String version,
        boolean debug,
        NetworkingConfig networking) {
    /** Docker's: a container has ten seconds to end by itself. */
    public static final Duration DEFAULT_STOP_TIMEOUT = Duration.ofSeconds(10);

    public EngineConfig {
        labels = List.copyOf(labels);
    }

    /** Every default, on these folders. */
    public static EngineConfig of(Path dataRoot, Path runRoot) {
        return new EngineConfig(
                dataRoot,
                runRoot,
                "/priok",
                new LoggingSpec("json-file", Map.of()),
                false,
                DEFAULT_STOP_TIMEOUT,
                List.of(),
                "0.1.0",
                false,
                NetworkingConfig.DEFAULT);
    }

    /** Another parent of cgroups. */
    public EngineConfig withCgroupParent(String parent) {
        return new EngineConfig(
                dataRoot, runRoot, parent, logging, init, stopTimeout, labels, version, debug, networking);
    }
}
