package dev.priok.cgroup.internal;

import dev.priok.cgroup.BlockIoLimits.Rate;

/** What users read when a limit cannot be held: the texts of Docker's API, which tools compare. */
final class Warnings {
    static final String MEMORY = unsupported("memory limit capabilities", "Limitation");
    static final String SWAP =
            "Your kernel does not support swap limit capabilities or the cgroup is not mounted. Memory limited without swap.";
    static final String SWAPPINESS = unsupported("memory swappiness capabilities", "Memory swappiness");
    static final String RESERVATION = unsupported("memory soft limit capabilities", "Limitation");
    static final String OOM_KILL_DISABLE = "Your kernel does not support OomKillDisable. OomKillDisable discarded.";
    static final String PIDS = unsupported("PIDs limit capabilities", "PIDs limit");
    static final String CPU_SHARES = unsupported("CPU shares", "Shares");
    static final String CPU_QUOTA = "Your kernel does not support CPU CFS scheduler. CPU period/quota discarded.";
    static final String CPU_REALTIME = unsupported("CPU real-time scheduler", "CPU real-time limits");
    static final String CPUSET = unsupported("cpuset", "Cpuset");
    static final String WEIGHT = unsupported("Block I/O weight", "Weight");
    static final String WEIGHT_DEVICE = unsupported("Block I/O weight_device", "Weight-device");
    static final String HUGE_PAGES = unsupported("huge page limit", "Huge page limit");
    static final String DEVICES = unsupported("device limit", "Device rules");

    private Warnings() {}

    static String throttle(Rate rate) {
        return switch (rate) {
            case READ_BYTES_PER_SECOND -> unsupported("BPS Block I/O read limit", "Block I/O BPS read limit");
            case WRITE_BYTES_PER_SECOND -> unsupported("BPS Block I/O write limit", "Block I/O BPS write limit");
            case READS_PER_SECOND -> unsupported("IOPS Block read limit", "Block I/O IOPS read limit");
            case WRITES_PER_SECOND -> unsupported("IOPS Block write limit", "Block I/O IOPS write limit");
        };
    }

    private static String unsupported(String what, String discarded) {
        return "Your kernel does not support " + what + " or the cgroup is not mounted. " + discarded + " discarded.";
    }
}
