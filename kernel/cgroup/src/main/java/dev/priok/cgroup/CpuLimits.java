package dev.priok.cgroup;

import java.util.OptionalLong;

/**
 * Limits on processors. Empty means "as it is".
 *
 * @param shares weight against siblings, 2 to 262144, 1024 is the kernel's default
 * @param quotaMicros processor time per period, in microseconds; -1 means no ceiling
 * @param periodMicros length of the period, in microseconds
 * @param burstMicros quota that may be saved up, in microseconds
 * @param realtimePeriodMicros period of real-time scheduling; v1 alone
 * @param realtimeRuntimeMicros real-time share of that period; v1 alone
 * @param cpus processors that may be used, such as {@code 0-3,7}; empty text: all that the parent has
 * @param memoryNodes memory nodes that may be used; empty text: all that the parent has
 */
public record CpuLimits(
        OptionalLong shares,
        OptionalLong quotaMicros,
        OptionalLong periodMicros,
        OptionalLong burstMicros,
        OptionalLong realtimePeriodMicros,
        OptionalLong realtimeRuntimeMicros,
        String cpus,
        String memoryNodes) {
    public static final CpuLimits NONE = new CpuLimits(
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            "",
            "");

    /** Docker's period when it is told a number of processors ({@code --cpus}): 100 ms. */
    public static final long DEFAULT_PERIOD_MICROS = 100_000;

    private static final long NANOS_PER_CPU = 1_000_000_000L;

    /** A ceiling in billionths of a processor, as {@code NanoCpus} of the Engine API. */
    public CpuLimits withNanoCpus(long nanoCpus) {
        long quota = Math.multiplyExact(nanoCpus, DEFAULT_PERIOD_MICROS) / NANOS_PER_CPU;
        return withQuota(quota, DEFAULT_PERIOD_MICROS);
    }

    public CpuLimits withQuota(long micros, long ofPeriodMicros) {
        return new CpuLimits(
                shares,
                OptionalLong.of(micros),
                OptionalLong.of(ofPeriodMicros),
                burstMicros,
                realtimePeriodMicros,
                realtimeRuntimeMicros,
                cpus,
                memoryNodes);
    }

    public CpuLimits withShares(long newShares) {
        return new CpuLimits(
                OptionalLong.of(newShares),
                quotaMicros,
                periodMicros,
                burstMicros,
                realtimePeriodMicros,
                realtimeRuntimeMicros,
                cpus,
                memoryNodes);
    }

    /** Pins to processors and memory nodes; an empty text leaves one of them free. */
    public CpuLimits withSets(String newCpus, String newMemoryNodes) {
        return new CpuLimits(
                shares,
                quotaMicros,
                periodMicros,
                burstMicros,
                realtimePeriodMicros,
                realtimeRuntimeMicros,
                newCpus,
                newMemoryNodes);
    }
}
