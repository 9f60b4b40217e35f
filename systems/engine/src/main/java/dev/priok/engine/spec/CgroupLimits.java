package dev.priok.engine.spec;

import dev.priok.cgroup.BlockIoLimits;
import dev.priok.cgroup.CpuLimits;
import dev.priok.cgroup.DeviceRule;
import dev.priok.cgroup.MemoryLimits;
import dev.priok.core.Failure;
import dev.priok.engine.ContainerSpec;
import dev.priok.engine.Limits;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.FileStat;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.SyscallException;
import dev.priok.oci.runtime.LinuxSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** From a container's limits to those of its control group. */
public final class CgroupLimits {
    private static final Pattern RULE = Pattern.compile("([acb]) (\\d+|\\*):(\\d+|\\*) ([rwm]{1,3})");

    private CgroupLimits() {}

    /** All limits; {@code devices} are the nodes that the container gets beyond the default ones. */
    public static dev.priok.cgroup.Limits of(ContainerSpec spec, List<GrantedDevice> devices) {
        return of(spec.limits()).withDevices(deviceRules(spec, devices));
    }

    /** All but the device policy, as an update wants it. */
    public static dev.priok.cgroup.Limits of(Limits limits) {
        Long pids = limits.pidsLimit();
        return new dev.priok.cgroup.Limits(
                memory(limits),
                cpu(limits),
                pids == null ? OptionalLong.empty() : OptionalLong.of(pids <= 0 ? -1 : pids),
                blockIo(limits),
                List.of(),
                List.of());
    }

    private static MemoryLimits memory(Limits limits) {
        Long swappiness = limits.memorySwappiness();
        return new MemoryLimits(
                some(limits.memory()),
                some(limits.memorySwap()),
                some(limits.memoryReservation()),
                swappiness == null || swappiness < 0 ? OptionalInt.empty() : OptionalInt.of(swappiness.intValue()),
                Boolean.TRUE.equals(limits.oomKillDisable()));
    }

    private static CpuLimits cpu(Limits limits) {
        CpuLimits cpu = new CpuLimits(
                some(limits.cpuShares()),
                some(limits.cpuQuota()),
                some(limits.cpuPeriod()),
                OptionalLong.empty(),
                some(limits.cpuRealtimePeriod()),
                some(limits.cpuRealtimeRuntime()),
                limits.cpusetCpus(),
                limits.cpusetMems());
        return limits.nanoCpus() > 0 ? cpu.withNanoCpus(limits.nanoCpus()) : cpu;
    }

    private static OptionalLong some(long value) {
        return value == 0 ? OptionalLong.empty() : OptionalLong.of(value);
    }

    private static BlockIoLimits blockIo(Limits limits) {
        List<BlockIoLimits.DeviceWeight> weights = new ArrayList<>();
        for (Limits.DeviceRate rate : limits.blkioWeightDevice()) {
            FileStat device = blockDevice(rate.path());
            weights.add(new BlockIoLimits.DeviceWeight(device.deviceMajor(), device.deviceMinor(), (int) rate.value()));
        }
        List<BlockIoLimits.Throttle> throttles = new ArrayList<>();
        throttles(throttles, BlockIoLimits.Rate.READ_BYTES_PER_SECOND, limits.readBps());
        throttles(throttles, BlockIoLimits.Rate.WRITE_BYTES_PER_SECOND, limits.writeBps());
        throttles(throttles, BlockIoLimits.Rate.READS_PER_SECOND, limits.readIops());
        throttles(throttles, BlockIoLimits.Rate.WRITES_PER_SECOND, limits.writeIops());
        OptionalInt weight = limits.blkioWeight() == 0 ? OptionalInt.empty() : OptionalInt.of(limits.blkioWeight());
        return new BlockIoLimits(weight, weights, throttles);
    }

    private static void throttles(
            List<BlockIoLimits.Throttle> all, BlockIoLimits.Rate rate, List<Limits.DeviceRate> devices) {
        for (Limits.DeviceRate device : devices) {
            FileStat stat = blockDevice(device.path());
            all.add(new BlockIoLimits.Throttle(rate, stat.deviceMajor(), stat.deviceMinor(), device.value()));
        }
    }

    static FileStat blockDevice(String path) {
        FileCalls files = FileCalls.host();
        try (Fd file = files.open(path, OpenFlag.PATH)) {
            FileStat stat = files.stat(file);
            if (stat.type() != FileStat.BLOCK_DEVICE) {
                throw Failure.invalid("%s is not a block device", path);
            }
            return stat;
        } catch (SyscallException e) {
            throw Failure.invalid("stat %s: %s", path, e.errno().message());
        }
    }

    private static List<DeviceRule> deviceRules(ContainerSpec spec, List<GrantedDevice> devices) {
        List<DeviceRule> rules = new ArrayList<>();
        if (spec.security().privileged()) {
            rules.add(DeviceRule.ALLOW_ALL);
            return rules;
        }
        DeviceRule.Type character = DeviceRule.Type.CHARACTER;
        rules.add(DeviceRule.DENY_ALL);
        rules.add(new DeviceRule(true, character, OptionalInt.empty(), OptionalInt.empty(), "m"));
        rules.add(new DeviceRule(true, DeviceRule.Type.BLOCK, OptionalInt.empty(), OptionalInt.empty(), "m"));
        int[][] allowed = {{1, 3}, {1, 5}, {1, 7}, {1, 8}, {1, 9}, {5, 0}, {5, 1}, {5, 2}};
        for (int[] device : allowed) {
            rules.add(DeviceRule.allow(character, device[0], device[1], "rwm"));
        }
        rules.add(new DeviceRule(true, character, OptionalInt.of(136), OptionalInt.empty(), "rwm"));
        for (GrantedDevice device : devices) {
            LinuxSpec.Device node = device.node();
            if (!device.permissions().isEmpty()) {
                rules.add(DeviceRule.allow(
                        node.type().equals("b") ? DeviceRule.Type.BLOCK : character,
                        (int) node.major(),
                        (int) node.minor(),
                        device.permissions()));
            }
        }
        spec.devices().cgroupRules().forEach(rule -> rules.add(rule(rule)));
        return rules;
    }

    /** Reads {@code c 1:3 rwm}. */
    public static DeviceRule rule(String text) {
        Matcher matcher = RULE.matcher(text);
        if (!matcher.matches()) {
            throw Failure.invalid("invalid device cgroup rule format: '%s'", text);
        }
        DeviceRule.Type type = switch (matcher.group(1)) {
            case "c" -> DeviceRule.Type.CHARACTER;
            case "b" -> DeviceRule.Type.BLOCK;
            default -> DeviceRule.Type.ALL;
        };
        return new DeviceRule(true, type, number(matcher.group(2)), number(matcher.group(3)), matcher.group(4));
    }

    private static OptionalInt number(String text) {
        return text.equals("*") ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(text));
    }
}
