package dev.priok.engine.spec;

import dev.priok.core.Failure;
import dev.priok.engine.Limits;
import dev.priok.linux.FileStat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/** Refuses impossible limits, in Docker's words (moby {@code daemon/daemon_unix.go}, {@code verifyPlatformContainerResources}). */
public final class LimitsCheck {
    /** moby {@code linuxMinMemory}: 6 MiB. */
    static final long MINIMUM_MEMORY = 6L << 20;

    private static final long MINIMUM_QUOTA_MICROS = 1000;
    private static final long MAXIMUM_PERIOD_MICROS = 1_000_000;

    private LimitsCheck() {}

    /** Checks; adds warnings for what is allowed and unwise. */
    public static void check(Limits limits, HostFeatures host, List<String> warnings) {
        memory(limits, warnings);
        cpu(limits, host);
        set("cpuset cpus", "CPUs", limits.cpusetCpus(), host.availableCpus());
        set("cpuset mems", "memory nodes", limits.cpusetMems(), host.availableMemoryNodes());
        blockIo(limits);
        if (host.cgroupVersion() == 1) {
            limits.blkioWeightDevice().forEach(device -> weight(device.path(), warnings));
        }
        for (Limits.Ulimit ulimit : limits.ulimits()) {
            ulimit.check();
        }
    }

    /** On cgroup v1 only BFQ knows weights of devices; the kernel refuses those of others when the cgroup is made. */
    private static void weight(String path, List<String> warnings) {
        FileStat device = CgroupLimits.blockDevice(path);
        Path scheduler =
                Path.of("/sys/dev/block", device.deviceMajor() + ":" + device.deviceMinor(), "queue", "scheduler");
        try {
            if (Files.exists(scheduler) && !Files.readString(scheduler).contains("[bfq]")) {
                warnings.add("Block I/O weight of " + path + " discarded: its scheduler is not bfq.");
            }
        } catch (IOException e) {
            warnings.add("Block I/O weight of " + path + " may have no effect: " + Cause.text(e));
        }
    }

    private static void memory(Limits limits, List<String> warnings) {
        long memory = limits.memory();
        long swap = limits.memorySwap();
        if (memory < 0 || (memory > 0 && memory < MINIMUM_MEMORY)) {
            throw Failure.invalid("Minimum memory limit allowed is 6MB");
        }
        if (memory > 0 && swap > 0 && swap < memory) {
            throw Failure.invalid("Minimum memoryswap limit should be larger than memory limit, see usage");
        }
        if (memory == 0 && swap > 0) {
            throw Failure.invalid("You should always set the Memory limit when using Memoryswap limit, see usage");
        }
        Long swappiness = limits.memorySwappiness();
        if (swappiness != null && (swappiness < -1 || swappiness > 100)) {
            throw Failure.invalid("Invalid value: %d, valid memory swappiness range is 0-100", swappiness);
        }
        long reservation = limits.memoryReservation();
        if (reservation < 0 || (reservation > 0 && reservation < MINIMUM_MEMORY)) {
            throw Failure.invalid("Minimum memory reservation allowed is 6MB");
        }
        if (memory > 0 && reservation > memory) {
            throw Failure.invalid("Minimum memory limit can not be less than memory reservation limit, see usage");
        }
        if (Boolean.TRUE.equals(limits.oomKillDisable()) && memory == 0) {
            warnings.add("OOM killer is disabled for the container, but no memory limit is set, this can result in the"
                    + " system running out of resources.");
        }
    }

    private static void cpu(Limits limits, HostFeatures host) {
        if (limits.nanoCpus() != 0) {
            if (limits.cpuPeriod() != 0) {
                throw Failure.invalid("Conflicting options: Nano CPUs and CPU Period cannot both be set");
            }
            if (limits.cpuQuota() != 0) {
                throw Failure.invalid("Conflicting options: Nano CPUs and CPU Quota cannot both be set");
            }
            if (limits.nanoCpus() < 0 || limits.nanoCpus() > host.cpus() * 1_000_000_000L) {
                throw Failure.invalid(
                        "range of CPUs is from 0.01 to %d.00, as there are only %d CPUs available",
                        host.cpus(), host.cpus());
            }
        }
        if (limits.cpuShares() < 0) {
            throw Failure.invalid("invalid CPU shares (%d): value must be a positive integer", limits.cpuShares());
        }
        long period = limits.cpuPeriod();
        if (period != 0 && (period < MINIMUM_QUOTA_MICROS || period > MAXIMUM_PERIOD_MICROS)) {
            throw Failure.invalid(
                    "CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)");
        }
        // -1 means no quota at all.
        long quota = limits.cpuQuota();
        if (quota > 0 && quota < MINIMUM_QUOTA_MICROS) {
            throw Failure.invalid("CPU cfs quota can not be less than 1ms (i.e. 1000)");
        }
    }

    private static void set(String option, String things, String wanted, String available) {
        if (wanted.isEmpty()) {
            return;
        }
        Optional<BitSet> set = CpuList.parse(wanted);
        if (set.isEmpty()) {
            throw Failure.invalid("Invalid value %s for %s", wanted, option);
        }
        Optional<BitSet> there = available.isEmpty() ? Optional.empty() : CpuList.parse(available);
        if (there.isPresent()) {
            BitSet missing = (BitSet) set.get().clone();
            missing.andNot(there.get());
            if (!missing.isEmpty()) {
                throw Failure.invalid(
                        "Requested %s are not available - requested %s, available: %s", things, wanted, available);
            }
        }
    }

    private static void blockIo(Limits limits) {
        int weight = limits.blkioWeight();
        if (weight != 0 && (weight < 10 || weight > 1000)) {
            throw Failure.invalid("Range of blkio weight is from 10 to 1000");
        }
        for (Limits.DeviceRate device : limits.blkioWeightDevice()) {
            if (device.value() < 10 || device.value() > 1000) {
                throw Failure.invalid("Range of blkio weight is from 10 to 1000");
            }
        }
    }
}
