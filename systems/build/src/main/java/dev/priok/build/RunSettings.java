package dev.priok.build;

import java.util.List;

/**
 * How the processes of RUN are confined; never part of a cache key. Numbers of 0 mean no limit, or the daemon's default.
 *
 * @param networkMode {@code default}, {@code none}, {@code host} or what else the daemon knows
 * @param extraHosts lines for the hosts file, {@code name:address}
 * @param memoryBytes hard limit
 * @param memorySwapBytes memory and swap together, -1 for no limit
 * @param cpuShares weight, 1024 being the usual
 * @param cpuPeriodMicros period of the CPU quota
 * @param cpuQuotaMicros CPU time in one period
 * @param cpusetCpus CPUs as {@code 0-2,5}, empty for all
 * @param cpusetMems memory nodes, empty for all
 * @param cgroupParent empty for the daemon's default
 * @param shmBytes size of /dev/shm
 * @param ulimits resource limits
 */
public record RunSettings(
        String networkMode,
        List<String> extraHosts,
        long memoryBytes,
        long memorySwapBytes,
        long cpuShares,
        long cpuPeriodMicros,
        long cpuQuotaMicros,
        String cpusetCpus,
        String cpusetMems,
        String cgroupParent,
        long shmBytes,
        List<Ulimit> ulimits) {
    /** The daemon's defaults for everything. */
    public static final RunSettings DEFAULT =
            new RunSettings("default", List.of(), 0, 0, 0, 0, 0, "", "", "", 0, List.of());

    public RunSettings {
        extraHosts = List.copyOf(extraHosts);
        ulimits = List.copyOf(ulimits);
    }

    /** The same with another network. */
    public RunSettings withNetworkMode(String mode) {
        return new RunSettings(
                mode,
                extraHosts,
                memoryBytes,
                memorySwapBytes,
                cpuShares,
                cpuPeriodMicros,
                cpuQuotaMicros,
                cpusetCpus,
                cpusetMems,
                cgroupParent,
                shmBytes,
                ulimits);
    }

    /**
     * One resource limit.
     *
     * @param name as {@code nofile}
     * @param soft what holds, -1 for no limit
     * @param hard what the process may raise it to, -1 for no limit
     */
    public record Ulimit(String name, long soft, long hard) {}
}
