package dev.priok.engine;

import dev.priok.core.Failure;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Limits of a container: Docker's Resources and ulimits. Zero, empty and null mean none.
 *
 * @param memory bytes, at least 6 MiB
 * @param memorySwap memory and swap together in bytes; 0 for twice the memory, -1 for no limit
 * @param memoryReservation soft limit in bytes
 * @param memorySwappiness 0 to 100
 * @param oomKillDisable cgroup v1 only
 * @param nanoCpus CPUs in units of 1e-9
 * @param cpuShares weight
 * @param cpuPeriod microseconds
 * @param cpuQuota microseconds in each period
 * @param cpuRealtimePeriod microseconds
 * @param cpuRealtimeRuntime microseconds
 * @param cpusetCpus as {@code 0-2,5}
 * @param cpusetMems as {@code 0-1}
 * @param pidsLimit 0 or less for none
 * @param blkioWeight 10 to 1000
 * @param blkioWeightDevice weight of single devices
 * @param readBps bytes per second
 * @param writeBps bytes per second
 * @param readIops operations per second
 * @param writeIops operations per second
 * @param ulimits resource limits of the processes
 * @param cgroupParent empty for the daemon's
 */
public record Limits(
        long memory,
        long memorySwap,
        long memoryReservation,
        @Nullable Long memorySwappiness,
        @Nullable Boolean oomKillDisable,
        long nanoCpus,
        long cpuShares,
        long cpuPeriod,
        long cpuQuota,
        long cpuRealtimePeriod,
        long cpuRealtimeRuntime,
        String cpusetCpus,
        String cpusetMems,
        @Nullable Long pidsLimit,
        int blkioWeight,
        List<DeviceRate> blkioWeightDevice,
        List<DeviceRate> readBps,
        List<DeviceRate> writeBps,
        List<DeviceRate> readIops,
        List<DeviceRate> writeIops,
        List<Ulimit> ulimits,
        String cgroupParent) {
    /** No limit at all. */
    public static final Limits NONE = new Limits(
            0, 0, 0, null, null, 0, 0, 0, 0, 0, 0, "", "", null, 0, List.of(), List.of(), List.of(), List.of(),
            List.of(), List.of(), "");

    public Limits {
        cpusetCpus = Copies.text(cpusetCpus);
        cpusetMems = Copies.text(cpusetMems);
        blkioWeightDevice = Copies.list(blkioWeightDevice);
        readBps = Copies.list(readBps);
        writeBps = Copies.list(writeBps);
        readIops = Copies.list(readIops);
        writeIops = Copies.list(writeIops);
        ulimits = Copies.list(ulimits);
        cgroupParent = Copies.text(cgroupParent);
    }

    /** A weight or a rate of one block device of the host. */
    public record DeviceRate(String path, long value) {}

    /** A resource limit such as {@code nofile}; -1 is no limit. */
    public record Ulimit(String name, long soft, long hard) {
        private static final Set<String> NAMES = Set.of(
                "core",
                "cpu",
                "data",
                "fsize",
                "locks",
                "memlock",
                "msgqueue",
                "nice",
                "nofile",
                "nproc",
                "rss",
                "rtprio",
                "rttime",
                "sigpending",
                "stack");

        /** Refuses unknown names and limits that contradict each other, in Docker's words. */
        public void check() {
            if (!NAMES.contains(name)) {
                throw Failure.invalid("invalid ulimit type: %s", name);
            }
            if (hard != -1 && (soft == -1 || soft > hard)) {
                throw Failure.invalid(
                        "ulimit soft limit must be less than or equal to hard limit: %s",
                        soft == -1 ? "soft: -1 (unlimited), hard: " + hard : soft + " > " + hard);
            }
        }
    }
}
