package dev.priok.cgroup;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What a group has used up to now: all that {@code docker stats} shows but the network.
 *
 * @param cpu processor time
 * @param memory memory now and at most
 * @param blockIo traffic to block devices
 * @param pids processes now
 */
public record CgroupStats(Cpu cpu, Memory memory, BlockIo blockIo, Pids pids) {
    /**
     * Processor time; all times in nanoseconds.
     *
     * @param perCpuNanos use of each processor; none on v2, which does not tell
     * @param periods elapsed periods of the quota
     * @param throttledPeriods periods in which the quota was used up
     * @param throttledNanos how long processes had to wait for it
     * @param hostNanos busy and idle time of the whole machine, to compare two readings with
     * @param onlineCpus processors of the machine
     */
    public record Cpu(
            long usageNanos,
            long userNanos,
            long systemNanos,
            List<Long> perCpuNanos,
            long periods,
            long throttledPeriods,
            long throttledNanos,
            long hostNanos,
            int onlineCpus) {
        public Cpu {
            perCpuNanos = List.copyOf(perCpuNanos);
        }
    }

    /**
     * Memory.
     *
     * @param maximumUsageBytes highest use; empty where the kernel does not tell
     * @param limitBytes the ceiling, at most the memory of the machine
     * @param failures how often the ceiling was hit
     * @param details {@code memory.stat} as the kernel writes it
     */
    public record Memory(
            long usageBytes,
            OptionalLong maximumUsageBytes,
            long limitBytes,
            long failures,
            Map<String, Long> details) {
        public Memory {
            details = Map.copyOf(details);
        }
    }

    /**
     * Traffic to block devices, recursively.
     *
     * @param bytes bytes per device and operation
     * @param operations requests per device and operation
     */
    public record BlockIo(List<Entry> bytes, List<Entry> operations) {
        public BlockIo {
            bytes = List.copyOf(bytes);
            operations = List.copyOf(operations);
        }

        /**
         * One count.
         *
         * @param operation as the kernel names it: {@code Read}, {@code Write}, {@code Sync} ...; lower case on v2
         */
        public record Entry(int major, int minor, String operation, long value) {}
    }

    /**
     * Processes and threads.
     *
     * @param limit the ceiling; empty when there is none
     */
    public record Pids(long current, OptionalLong limit) {}
}
