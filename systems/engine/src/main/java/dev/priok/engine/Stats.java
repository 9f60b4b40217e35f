package dev.priok.engine;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a container uses. A container that does not run has only id and name.
 *
 * @param cpu at {@code read}
 * @param previousCpu at {@code previousRead}
 * @param network by interface
 */
public record Stats(
        String id,
        String name,
        @Nullable Instant read,
        @Nullable Instant previousRead,
        @Nullable Cpu cpu,
        @Nullable Cpu previousCpu,
        @Nullable Memory memory,
        @Nullable Pids pids,
        @Nullable Block block,
        Map<String, Network> network) {
    public Stats {
        network = Copies.map(network);
    }

    /** Times in nanoseconds; {@code systemNanos} is the whole machine's. */
    public record Cpu(
            long totalNanos,
            long userNanos,
            long kernelNanos,
            long systemNanos,
            int onlineCpus,
            List<Long> perCpuNanos,
            long periods,
            long throttledPeriods,
            long throttledNanos) {
        public Cpu {
            perCpuNanos = Copies.list(perCpuNanos);
        }
    }

    /** Bytes; {@code details} has the keys of memory.stat; {@code maxUsage} and {@code failures} are 0 where unknown. */
    public record Memory(long usage, long maxUsage, long failures, long limit, Map<String, Long> details) {
        public Memory {
            details = Copies.map(details);
        }
    }

    /** Processes and threads; a limit of 0 is none. */
    public record Pids(long current, long limit) {}

    /** What went to and from block devices. */
    public record Block(List<BlockEntry> bytes, List<BlockEntry> operations) {
        public Block {
            bytes = Copies.list(bytes);
            operations = Copies.list(operations);
        }
    }

    /** One number of one device; {@code operation} as {@code read}. */
    public record BlockEntry(long major, long minor, String operation, long value) {}

    /** Counters of one interface. */
    public record Network(
            long rxBytes,
            long rxPackets,
            long rxErrors,
            long rxDropped,
            long txBytes,
            long txPackets,
            long txErrors,
            long txDropped) {}
}
