package dev.priok.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How an engine is set up.
 *
 * @param dataRoot what lasts: containers, volumes
 * @param runRoot what need not outlast a reboot, such as {@code /run/priok}
 * @param cgroupParent where the cgroups of containers are made, such as {@code /priok}
 * @param logging driver of containers that ask for none, with its options
 * @param containers what containers get that do not say
 * @param remap users and groups that those inside containers are outside; empty for the same
 * @param deviceSpecs folders of CDI specifications, later ones before earlier ones; empty for no such devices
 * @param labels of the daemon
 * @param version of this build
 * @param debug whether the daemon tells more
 * @param networking of networks
 * @param farewell containers are stopped when the engine closes, which waits so long for them, and if need be when it opens; empty
 *     when they live on
 */
public record EngineConfig(
        Path dataRoot,
        Path runRoot,
        String cgroupParent,
        LoggingSpec logging,
        ContainerDefaults containers,
        Optional<IdRemap> remap,
        List<Path> deviceSpecs,
        List<String> labels,
        String version,
        boolean debug,
        NetworkingConfig networking,
        Optional<Duration> farewell) {
    public EngineConfig {
        labels = List.copyOf(labels);
        deviceSpecs = List.copyOf(deviceSpecs);
    }

    /** Every default, on these folders. */
    public static EngineConfig of(Path dataRoot, Path runRoot) {
        return new EngineConfig(
                dataRoot,
                runRoot,
                "/priok",
                new LoggingSpec("json-file", Map.of()),
                ContainerDefaults.DOCKERS,
                Optional.empty(),
                List.of(),
                List.of(),
                "0.1.0",
                false,
                NetworkingConfig.DEFAULT,
                Optional.empty());
    }

    /** Another parent of cgroups. */
    public EngineConfig withCgroupParent(String parent) {
        return new EngineConfig(
                dataRoot,
                runRoot,
                parent,
                logging,
                containers,
                remap,
                deviceSpecs,
                labels,
                version,
                debug,
                networking,
                farewell);
    }
}
