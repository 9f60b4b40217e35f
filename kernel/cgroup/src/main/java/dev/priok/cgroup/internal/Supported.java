package dev.priok.cgroup.internal;

import dev.priok.cgroup.BlockIoLimits;
import dev.priok.cgroup.CgroupFeatures;
import dev.priok.cgroup.CgroupHierarchy.Checked;
import dev.priok.cgroup.CpuLimits;
import dev.priok.cgroup.DeviceRule;
import dev.priok.cgroup.HugePageLimit;
import dev.priok.cgroup.Limits;
import dev.priok.cgroup.MemoryLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Takes out of limits what a host cannot hold, with a warning for each. */
final class Supported {
    private final CgroupFeatures features;
    private final List<String> warnings = new ArrayList<>();

    private Supported(CgroupFeatures features) {
        this.features = features;
    }

    static Checked by(CgroupFeatures features, Limits limits) {
        Supported supported = new Supported(features);
        Limits left = new Limits(
                supported.memory(limits.memory()),
                supported.cpu(limits.cpu()),
                supported.keep(limits.pids(), features.pids(), Warnings.PIDS),
                supported.blockIo(limits.blockIo()),
                supported.hugePages(limits.hugePages()),
                supported.devices(limits.devices()));
        return new Checked(left, supported.warnings.stream().distinct().toList());
    }

    private OptionalLong keep(OptionalLong value, boolean possible, String warning) {
        if (value.isEmpty() || possible) {
            return value;
        }
        warnings.add(warning);
        return OptionalLong.empty();
    }

    private MemoryLimits memory(MemoryLimits memory) {
        OptionalLong limit = keep(memory.limitBytes(), features.memoryLimit(), Warnings.MEMORY);
        // Without a ceiling on memory there is none on memory and swap; saying it once is enough.
        OptionalLong withSwap = !features.memoryLimit()
                ? OptionalLong.empty()
                : keep(memory.limitWithSwapBytes(), features.swapLimit(), Warnings.SWAP);
        OptionalInt swappiness = memory.swappiness();
        if (swappiness.isPresent() && !features.swappiness()) {
            warnings.add(Warnings.SWAPPINESS);
            swappiness = OptionalInt.empty();
        }
        boolean oomKillDisabled = memory.oomKillDisabled();
        if (oomKillDisabled && !features.oomKillDisable()) {
            warnings.add(Warnings.OOM_KILL_DISABLE);
            oomKillDisabled = false;
        }
        OptionalLong reservation = keep(memory.reservationBytes(), features.memoryReservation(), Warnings.RESERVATION);
        return new MemoryLimits(limit, withSwap, reservation, swappiness, oomKillDisabled);
    }

    private CpuLimits cpu(CpuLimits cpu) {
        boolean pinned = !cpu.cpus().isEmpty() || !cpu.memoryNodes().isEmpty();
        if (pinned && !features.cpuset()) {
            warnings.add(Warnings.CPUSET);
        }
        return new CpuLimits(
                keep(cpu.shares(), features.cpuShares(), Warnings.CPU_SHARES),
                keep(cpu.quotaMicros(), features.cpuQuota(), Warnings.CPU_QUOTA),
                keep(cpu.periodMicros(), features.cpuQuota(), Warnings.CPU_QUOTA),
                keep(cpu.burstMicros(), features.cpuQuota(), Warnings.CPU_QUOTA),
                keep(cpu.realtimePeriodMicros(), features.cpuRealtime(), Warnings.CPU_REALTIME),
                keep(cpu.realtimeRuntimeMicros(), features.cpuRealtime(), Warnings.CPU_REALTIME),
                features.cpuset() ? cpu.cpus() : "",
                features.cpuset() ? cpu.memoryNodes() : "");
    }

    private BlockIoLimits blockIo(BlockIoLimits blockIo) {
        boolean weights = features.blockIoWeight();
        if (!weights && blockIo.weight().isPresent()) {
            warnings.add(Warnings.WEIGHT);
        }
        if (!weights && !blockIo.deviceWeights().isEmpty()) {
            warnings.add(Warnings.WEIGHT_DEVICE);
        }
        if (!features.blockIoThrottle()) {
            blockIo.throttles().forEach(throttle -> warnings.add(Warnings.throttle(throttle.rate())));
        }
        return new BlockIoLimits(
                weights ? blockIo.weight() : OptionalInt.empty(),
                weights ? blockIo.deviceWeights() : List.of(),
                features.blockIoThrottle() ? blockIo.throttles() : List.of());
    }

    private List<HugePageLimit> hugePages(List<HugePageLimit> limits) {
        if (limits.isEmpty() || features.hugePages()) {
            return limits;
        }
        warnings.add(Warnings.HUGE_PAGES);
        return List.of();
    }

    private List<DeviceRule> devices(List<DeviceRule> rules) {
        if (rules.isEmpty() || features.devices()) {
            return rules;
        }
        warnings.add(Warnings.DEVICES);
        return List.of();
    }
}
