package dev.priok.cgroup.internal;

import dev.priok.cgroup.BlockIoLimits;
import dev.priok.cgroup.CpuLimits;
import dev.priok.cgroup.HugePageLimit;
import dev.priok.cgroup.Limits;
import dev.priok.cgroup.MemoryLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** Writes limits to the control files of v2 (Documentation/admin-guide/cgroup-v2.rst). */
final class UnifiedLimits {
    private static final long DEFAULT_PERIOD_MICROS = CpuLimits.DEFAULT_PERIOD_MICROS;
    private static final long MINIMUM_SHARES = 2;
    private static final long MAXIMUM_SHARES = 262_144;

    private final ControlFiles files;
    private final Path directory;
    private final SettingWriter writer;

    UnifiedLimits(ControlFiles files, Path directory) {
        this.files = files;
        this.directory = directory;
        this.writer = new SettingWriter(files);
    }

    List<String> write(Limits limits) throws IOException {
        memory(limits.memory());
        cpu(limits.cpu());
        if (limits.pids().isPresent()) {
            long pids = limits.pids().getAsLong();
            set("pids.max", pids > 0 ? Long.toString(pids) : "max", Warnings.PIDS);
        }
        blockIo(limits.blockIo());
        for (HugePageLimit limit : limits.hugePages()) {
            set("hugetlb." + limit.pageSize() + ".max", ceiling(limit.bytes()), Warnings.HUGE_PAGES);
            if (files.exists(directory.resolve("hugetlb." + limit.pageSize() + ".rsvd.max"))) {
                set("hugetlb." + limit.pageSize() + ".rsvd.max", ceiling(limit.bytes()), Warnings.HUGE_PAGES);
            }
        }
        return writer.warnings();
    }

    private void set(String file, String value, String warning) throws IOException {
        writer.write(new Setting(directory.resolve(file), value, warning));
    }

    private static String ceiling(long value) {
        return value < 0 ? "max" : Long.toString(value);
    }

    private void memory(MemoryLimits memory) throws IOException {
        if (memory.limitWithSwapBytes().isPresent()) {
            set("memory.swap.max", swap(memory), Warnings.SWAP);
        }
        if (memory.limitBytes().isPresent()) {
            set("memory.max", ceiling(memory.limitBytes().getAsLong()), Warnings.MEMORY);
        }
        if (memory.reservationBytes().isPresent()) {
            set("memory.low", ceiling(memory.reservationBytes().getAsLong()), Warnings.RESERVATION);
        }
    }

    /** v2 counts swap alone; what comes in counts memory and swap together. */
    private String swap(MemoryLimits memory) throws IOException {
        long withSwap = memory.limitWithSwapBytes().orElseThrow();
        OptionalLong limit = memory.limitBytes();
        if (limit.isEmpty()) {
            limit = files.read(directory.resolve("memory.max"))
                    .map(Texts::number)
                    .orElse(OptionalLong.empty());
        }
        if (withSwap < 0 || limit.isEmpty() || limit.getAsLong() < 0) {
            return "max";
        }
        return Long.toString(Math.max(0, withSwap - limit.getAsLong()));
    }

    private void cpu(CpuLimits cpu) throws IOException {
        if (cpu.shares().isPresent() && cpu.shares().getAsLong() > 0) {
            set("cpu.weight", Long.toString(weight(cpu.shares().getAsLong())), Warnings.CPU_SHARES);
        }
        if (cpu.quotaMicros().isPresent() || cpu.periodMicros().isPresent()) {
            set("cpu.max", quota(cpu), Warnings.CPU_QUOTA);
        }
        if (cpu.burstMicros().isPresent()) {
            set("cpu.max.burst", Long.toString(cpu.burstMicros().getAsLong()), Warnings.CPU_QUOTA);
        }
        if (!cpu.cpus().isEmpty()) {
            set("cpuset.cpus", cpu.cpus(), Warnings.CPUSET);
        }
        if (!cpu.memoryNodes().isEmpty()) {
            set("cpuset.mems", cpu.memoryNodes(), Warnings.CPUSET);
        }
    }

    /** One file holds quota and period: what is not given stays. */
    private String quota(CpuLimits cpu) throws IOException {
        String[] now = files.read(directory.resolve("cpu.max"))
                .orElse("max " + DEFAULT_PERIOD_MICROS)
                .strip()
                .split(" ");
        String quota = now[0];
        if (cpu.quotaMicros().isPresent()) {
            quota = cpu.quotaMicros().getAsLong() > 0
                    ? Long.toString(cpu.quotaMicros().getAsLong())
                    : "max";
        }
        long period = cpu.periodMicros().orElse(0);
        if (period == 0) {
            period = now.length > 1 ? Texts.longOf(now[1]) : DEFAULT_PERIOD_MICROS;
        }
        return quota + " " + period;
    }

    /**
     * Weight on v2 (1 to 10000, 100 is usual) of shares on v1 (2 to 262144, 1024 is usual): the curve through the three
     * points (2, 1), (1024, 100) and (262144, 10000) that runtimes have agreed on.
     */
    static long weight(long shares) {
        if (shares <= MINIMUM_SHARES) {
            return 1;
        }
        if (shares >= MAXIMUM_SHARES) {
            return 10_000;
        }
        double l = Math.log((double) shares) / Math.log(2);
        double exponent = (l * l + 125 * l) / 612.0 - 7.0 / 34.0;
        // Rounding errors must not lift an exact power of ten: 1024 is 100, not 101.
        return (long) Math.ceil(Math.pow(10, exponent) - 1e-9);
    }

    private void blockIo(BlockIoLimits blockIo) throws IOException {
        boolean bfq = files.exists(directory.resolve("io.bfq.weight"));
        if (blockIo.weight().isPresent()) {
            int weight = blockIo.weight().getAsInt();
            set(bfq ? "io.bfq.weight" : "io.weight", Long.toString(bfq ? weight : ioWeight(weight)), Warnings.WEIGHT);
        }
        for (BlockIoLimits.DeviceWeight weight : blockIo.deviceWeights()) {
            long value = bfq ? weight.weight() : ioWeight(weight.weight());
            set(
                    bfq ? "io.bfq.weight" : "io.weight",
                    weight.major() + ":" + weight.minor() + " " + value,
                    Warnings.WEIGHT_DEVICE);
        }
        for (BlockIoLimits.Throttle throttle : blockIo.throttles()) {
            String key = switch (throttle.rate()) {
                case READ_BYTES_PER_SECOND -> "rbps";
                case WRITE_BYTES_PER_SECOND -> "wbps";
                case READS_PER_SECOND -> "riops";
                case WRITES_PER_SECOND -> "wiops";
            };
            String value = throttle.perSecond() > 0 ? Long.toString(throttle.perSecond()) : "max";
            set(
                    "io.max",
                    throttle.major() + ":" + throttle.minor() + " " + key + "=" + value,
                    Warnings.throttle(throttle.rate()));
        }
    }

    /** 10 to 1000 on v1 is 1 to 10000 on v2. */
    static long ioWeight(int weight) {
        return 1 + (weight - 10) * 9999L / 990;
    }
}
