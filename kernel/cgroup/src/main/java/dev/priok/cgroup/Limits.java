package dev.priok.cgroup;

import java.util.List;
import java.util.OptionalLong;

/**
 * What a control group is limited to; what is empty is left as it is.
 *
 * @param pids how many processes and threads; -1 means no ceiling
 * @param devices the policy for device nodes in order, beginning with {@link DeviceRule#DENY_ALL} as a rule; empty: no
 *     policy
 */
public record Limits(
        MemoryLimits memory,
        CpuLimits cpu,
        OptionalLong pids,
        BlockIoLimits blockIo,
        List<HugePageLimit> hugePages,
        List<DeviceRule> devices) {
    /** Limits nothing; the group still counts what it uses. */
    public static final Limits NONE = new Limits(
            MemoryLimits.NONE, CpuLimits.NONE, OptionalLong.empty(), BlockIoLimits.NONE, List.of(), List.of());

    public Limits {
        hugePages = List.copyOf(hugePages);
        devices = List.copyOf(devices);
    }

    public Limits withMemory(MemoryLimits newMemory) {
        return new Limits(newMemory, cpu, pids, blockIo, hugePages, devices);
    }

    public Limits withCpu(CpuLimits newCpu) {
        return new Limits(memory, newCpu, pids, blockIo, hugePages, devices);
    }

    public Limits withPids(long newPids) {
        return new Limits(memory, cpu, OptionalLong.of(newPids), blockIo, hugePages, devices);
    }

    public Limits withBlockIo(BlockIoLimits newBlockIo) {
        return new Limits(memory, cpu, pids, newBlockIo, hugePages, devices);
    }

    public Limits withDevices(List<DeviceRule> newDevices) {
        return new Limits(memory, cpu, pids, blockIo, hugePages, newDevices);
    }
}
