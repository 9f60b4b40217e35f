package dev.priok.server.route;

import dev.priok.engine.Stats;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Samples of what a container uses, in the snake case that this one document has. */
final class StatsDocs {
    private StatsDocs() {}

    static Doc of(Stats stats) {
        var document = new Doc()
                .with("name", "/" + stats.name())
                .with("id", stats.id())
                .with("read", time(stats.read()))
                .with("preread", time(stats.previousRead()));
        Stats.Pids pids = stats.pids();
        document.with(
                "pids_stats",
                pids == null
                        ? new Doc()
                        : new Doc().unlessEmpty("current", pids.current()).unlessEmpty("limit", pids.limit()));
        document.with("blkio_stats", block(stats.block()))
                .with("num_procs", 0)
                .with("storage_stats", new Doc())
                .with("cpu_stats", cpu(stats.cpu()))
                .with("precpu_stats", cpu(stats.previousCpu()))
                .with("memory_stats", memory(stats.memory()));
        if (!stats.network().isEmpty()) {
            var networks = new Doc();
            stats.network().forEach((name, counters) -> networks.with(name, network(counters)));
            document.with("networks", networks);
        }
        return document;
    }

    private static String time(@Nullable Instant instant) {
        return GoTime.text(instant);
    }

    private static Doc cpu(Stats.@Nullable Cpu cpu) {
        if (cpu == null) {
            return new Doc()
                    .with(
                            "cpu_usage",
                            new Doc()
                                    .with("total_usage", 0)
                                    .with("usage_in_kernelmode", 0)
                                    .with("usage_in_usermode", 0))
                    .with("throttling_data", throttling(0, 0, 0));
        }
        return new Doc()
                .with(
                        "cpu_usage",
                        new Doc()
                                .with("total_usage", cpu.totalNanos())
                                .unlessEmpty("percpu_usage", cpu.perCpuNanos())
                                .with("usage_in_kernelmode", cpu.kernelNanos())
                                .with("usage_in_usermode", cpu.userNanos()))
                .unlessEmpty("system_cpu_usage", cpu.systemNanos())
                .unlessEmpty("online_cpus", cpu.onlineCpus())
                .with("throttling_data", throttling(cpu.periods(), cpu.throttledPeriods(), cpu.throttledNanos()));
    }

    private static Doc throttling(long periods, long throttledPeriods, long throttledNanos) {
        return new Doc()
                .with("periods", periods)
                .with("throttled_periods", throttledPeriods)
                .with("throttled_time", throttledNanos);
    }

    private static Doc memory(Stats.@Nullable Memory memory) {
        return memory == null
                ? new Doc()
                : new Doc()
                        .unlessEmpty("usage", memory.usage())
                        .unlessEmpty("max_usage", memory.maxUsage())
                        .unlessEmpty("stats", memory.details())
                        .unlessEmpty("failcnt", memory.failures())
                        .unlessEmpty("limit", memory.limit());
    }

    private static Doc block(Stats.@Nullable Block block) {
        return new Doc()
                .with("io_service_bytes_recursive", block == null ? null : entries(block.bytes()))
                .with("io_serviced_recursive", block == null ? null : entries(block.operations()))
                .with("io_queue_recursive", null)
                .with("io_service_time_recursive", null)
                .with("io_wait_time_recursive", null)
                .with("io_merged_recursive", null)
                .with("io_time_recursive", null)
                .with("sectors_recursive", null);
    }

    private static List<Doc> entries(List<Stats.BlockEntry> entries) {
        return entries.stream()
                .map(e -> new Doc()
                        .with("major", e.major())
                        .with("minor", e.minor())
                        .with("op", e.operation())
                        .with("value", e.value()))
                .toList();
    }

    private static Doc network(Stats.Network counters) {
        return new Doc()
                .with("rx_bytes", counters.rxBytes())
                .with("rx_packets", counters.rxPackets())
                .with("rx_errors", counters.rxErrors())
                .with("rx_dropped", counters.rxDropped())
                .with("tx_bytes", counters.txBytes())
                .with("tx_packets", counters.txPackets())
                .with("tx_errors", counters.txErrors())
                .with("tx_dropped", counters.txDropped());
    }
}
