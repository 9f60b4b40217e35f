package dev.priok.cgroup.internal;

import dev.priok.cgroup.BlockIoLimits;
import dev.priok.cgroup.Controller;
import dev.priok.cgroup.CpuLimits;
import dev.priok.cgroup.DeviceRule;
import dev.priok.cgroup.HugePageLimit;
import dev.priok.cgroup.Limits;
import dev.priok.cgroup.MemoryLimits;
import dev.priok.linux.SyscallException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Writes limits to the control files of v1 (Documentation/admin-guide/cgroup-v1), in an order that the kernel accepts. */
final class LegacyLimits {
    /** Where settings of a hierarchy go that this group does not have: no such file, hence a warning. */
    private static final Path NOWHERE = Path.of("/nonexistent");

    private final ControlFiles files;
    private final Map<Controller, Path> directories;
    private final SettingWriter writer;

    LegacyLimits(ControlFiles files, Map<Controller, Path> directories) {
        this.files = files;
        this.directories = directories;
        this.writer = new SettingWriter(files);
    }

    List<String> write(Limits limits) throws IOException {
        memory(limits.memory());
        cpu(limits.cpu());
        cpuset(limits.cpu());
        if (limits.pids().isPresent()) {
            long pids = limits.pids().getAsLong();
            writer.write(new Setting(
                    in(Controller.PIDS).resolve("pids.max"), pids > 0 ? Long.toString(pids) : "max", Warnings.PIDS));
        }
        blockIo(limits.blockIo());
        for (HugePageLimit limit : limits.hugePages()) {
            hugePages(limit);
        }
        devices(limits.devices());
        return writer.warnings();
    }

    private Path in(Controller controller) {
        return directories.getOrDefault(controller, NOWHERE);
    }

    private void memory(MemoryLimits memory) throws IOException {
        Path directory = in(Controller.MEMORY);
        Setting limit = setting(directory, "memory.limit_in_bytes", memory.limitBytes(), Warnings.MEMORY);
        Setting withSwap =
                setting(directory, "memory.memsw.limit_in_bytes", memory.limitWithSwapBytes(), Warnings.SWAP);
        if (limit != null && withSwap != null && raises(directory, memory.limitWithSwapBytes())) {
            // Memory and swap together may never be below memory alone, not even in between.
            writer.write(withSwap);
            writer.write(limit);
        } else {
            writeIfSet(limit);
            writeIfSet(withSwap);
        }
        writeIfSet(setting(directory, "memory.soft_limit_in_bytes", memory.reservationBytes(), Warnings.RESERVATION));
        if (memory.swappiness().isPresent()) {
            writer.write(new Setting(
                    directory, "memory.swappiness", memory.swappiness().getAsInt(), Warnings.SWAPPINESS));
        }
        if (memory.oomKillDisabled()) {
            writer.write(new Setting(directory, "memory.oom_control", 1, Warnings.OOM_KILL_DISABLE));
        }
    }

    private boolean raises(Path directory, OptionalLong limitWithSwap) throws IOException {
        long wanted = limitWithSwap.orElseThrow();
        OptionalLong current = files.read(directory.resolve("memory.limit_in_bytes"))
                .map(Texts::number)
                .orElse(OptionalLong.empty());
        // An unlimited group has a current limit near 2^63: then the limit goes first.
        return wanted < 0 || (current.isPresent() && wanted > current.getAsLong());
    }

    private void cpu(CpuLimits cpu) throws IOException {
        Path directory = in(Controller.CPU);
        // Before anything joins: real-time processes cannot enter a group that has no real-time share.
        Setting period = setting(directory, "cpu.rt_period_us", cpu.realtimePeriodMicros(), Warnings.CPU_REALTIME);
        Setting runtime = setting(directory, "cpu.rt_runtime_us", cpu.realtimeRuntimeMicros(), Warnings.CPU_REALTIME);
        writeBoth(period, runtime);
        writeIfSet(setting(directory, "cpu.shares", cpu.shares(), Warnings.CPU_SHARES));
        writeBoth(
                setting(directory, "cpu.cfs_period_us", cpu.periodMicros(), Warnings.CPU_QUOTA),
                setting(directory, "cpu.cfs_quota_us", cpu.quotaMicros(), Warnings.CPU_QUOTA));
        writeIfSet(setting(directory, "cpu.cfs_burst_us", cpu.burstMicros(), Warnings.CPU_QUOTA));
    }

    private void cpuset(CpuLimits cpu) throws IOException {
        Path directory = in(Controller.CPUSET);
        if (!cpu.cpus().isEmpty()) {
            writer.write(new Setting(directory.resolve("cpuset.cpus"), cpu.cpus(), Warnings.CPUSET));
        }
        if (!cpu.memoryNodes().isEmpty()) {
            writer.write(new Setting(directory.resolve("cpuset.mems"), cpu.memoryNodes(), Warnings.CPUSET));
        }
    }

    private void blockIo(BlockIoLimits blockIo) throws IOException {
        Path directory = in(Controller.BLKIO);
        if (blockIo.weight().isPresent()) {
            writer.write(new Setting(
                    directory, weightFile(directory), blockIo.weight().getAsInt(), Warnings.WEIGHT));
        }
        for (BlockIoLimits.DeviceWeight weight : blockIo.deviceWeights()) {
            writer.write(new Setting(
                    directory.resolve(weightFile(directory) + "_device"),
                    weight.major() + ":" + weight.minor() + " " + weight.weight(),
                    Warnings.WEIGHT_DEVICE));
        }
        for (BlockIoLimits.Throttle throttle : blockIo.throttles()) {
            String file = switch (throttle.rate()) {
                case READ_BYTES_PER_SECOND -> "blkio.throttle.read_bps_device";
                case WRITE_BYTES_PER_SECOND -> "blkio.throttle.write_bps_device";
                case READS_PER_SECOND -> "blkio.throttle.read_iops_device";
                case WRITES_PER_SECOND -> "blkio.throttle.write_iops_device";
            };
            writer.write(new Setting(
                    directory.resolve(file),
                    throttle.major() + ":" + throttle.minor() + " " + throttle.perSecond(),
                    Warnings.throttle(throttle.rate())));
        }
    }

    /** CFQ's file where there is one, else that of its successor BFQ. */
    private String weightFile(Path directory) {
        return files.exists(directory.resolve("blkio.weight")) ? "blkio.weight" : "blkio.bfq.weight";
    }

    private void hugePages(HugePageLimit limit) throws IOException {
        Path directory = in(Controller.HUGETLB);
        String prefix = "hugetlb." + limit.pageSize();
        writer.write(new Setting(directory, prefix + ".limit_in_bytes", limit.bytes(), Warnings.HUGE_PAGES));
        if (files.exists(directory.resolve(prefix + ".rsvd.limit_in_bytes"))) {
            writer.write(new Setting(directory, prefix + ".rsvd.limit_in_bytes", limit.bytes(), Warnings.HUGE_PAGES));
        }
    }

    /** For a fresh group, which has its parent's policy, or for one whose rules are replaced as a whole. */
    private void devices(List<DeviceRule> rules) throws IOException {
        if (rules.isEmpty()) {
            return;
        }
        Path directory = in(Controller.DEVICES);
        Path allow = directory.resolve("devices.allow");
        Path deny = directory.resolve("devices.deny");
        try {
            files.write(deny, "a");
            // Runs of the same kind go through one open file: a container has some twenty rules.
            int from = 0;
            while (from < rules.size()) {
                int to = from + 1;
                while (to < rules.size()
                        && rules.get(to).allow() == rules.get(from).allow()) {
                    to++;
                }
                List<String> lines = rules.subList(from, to).stream()
                        .map(rule -> rule.coversEverything() ? "a" : rule.v1Line())
                        .toList();
                files.write(rules.get(from).allow() ? allow : deny, lines);
                from = to;
            }
        } catch (SyscallException e) {
            writer.refused(new Setting(allow, "the given rules", Warnings.DEVICES), e);
        }
    }

    private void writeBoth(@Nullable Setting first, @Nullable Setting second) throws IOException {
        if (first != null && second != null) {
            writer.writeEitherWay(first, second);
        } else {
            writeIfSet(first);
            writeIfSet(second);
        }
    }

    private void writeIfSet(@Nullable Setting setting) throws IOException {
        if (setting != null) {
            writer.write(setting);
        }
    }

    private static @Nullable Setting setting(Path directory, String file, OptionalLong value, String warning) {
        return value.isPresent() ? new Setting(directory, file, value.getAsLong(), warning) : null;
    }
}
