package dev.priok.cgroup;

import java.util.Locale;
import java.util.Optional;

/** A resource that the kernel controls, by its v1 name. */
public enum Controller {
    CPU,
    /** Accounting of processor time; part of {@code cpu} on v2. */
    CPUACCT,
    CPUSET,
    MEMORY,
    /** Access to device nodes; a BPF program on v2. */
    DEVICES,
    /** Suspending; {@code cgroup.freeze} on v2, which needs no controller. */
    FREEZER,
    /** Block devices; {@code io} on v2. */
    BLKIO,
    PIDS,
    HUGETLB;

    /** The name in {@code /proc/cgroups} and in mount options. */
    public String v1Name() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The name in {@code cgroup.controllers}; empty when v2 has no such controller. */
    public Optional<String> v2Name() {
        return switch (this) {
            case CPUACCT, DEVICES, FREEZER -> Optional.empty();
            case BLKIO -> Optional.of("io");
            default -> Optional.of(v1Name());
        };
    }
}
