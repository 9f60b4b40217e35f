package dev.priok.engine;

import java.time.Duration;
import java.util.List;

/**
 * What containers get that do not say.
 *
 * @param init whether a reaping first process
 * @param noNewPrivileges whether set-user-id programs lose their effect
 * @param ipcMode {@code private} or {@code shareable}
 * @param cgroupnsMode {@code private} or {@code host}; empty for what the host's cgroups suggest
 * @param shmBytes size of /dev/shm
 * @param ulimits resource limits, by name
 * @param stopTimeout how long one may take to end by itself
 * @param upkeep restarts and starts
 */
public record ContainerDefaults(
        boolean init,
        boolean noNewPrivileges,
        String ipcMode,
        String cgroupnsMode,
        long shmBytes,
        List<Limits.Ulimit> ulimits,
        Duration stopTimeout,
        Upkeep upkeep) {
    /** Docker's ({@code DefaultShmSize}, {@code defaultStopTimeout} and so on). */
    public static final ContainerDefaults DOCKERS = new ContainerDefaults(
            false, false, "private", "", 64L << 20, List.of(), Duration.ofSeconds(10), Upkeep.UNSAID);

    public ContainerDefaults {
        ulimits = List.copyOf(ulimits);
    }
}
