package dev.priok.runtime.internal;

import dev.priok.core.Failure;
import java.util.List;
import java.util.Locale;

/** Capabilities by name, in the order of their numbers (linux/capability.h). */
final class CapabilityNames {
    private static final String PREFIX = "CAP_";

    private static final List<String> NAMES = List.of(
            "CHOWN",
            "DAC_OVERRIDE",
            "DAC_READ_SEARCH",
            "FOWNER",
            "FSETID",
            "KILL",
            "SETGID",
            "SETUID",
            "SETPCAP",
            "LINUX_IMMUTABLE",
            "NET_BIND_SERVICE",
            "NET_BROADCAST",
            "NET_ADMIN",
            "NET_RAW",
            "IPC_LOCK",
            "IPC_OWNER",
            "SYS_MODULE",
            "SYS_RAWIO",
            "SYS_CHROOT",
            "SYS_PTRACE",
            "SYS_PACCT",
            "SYS_ADMIN",
            "SYS_BOOT",
            "SYS_NICE",
            "SYS_RESOURCE",
            "SYS_TIME",
            "SYS_TTY_CONFIG",
            "MKNOD",
            "LEASE",
            "AUDIT_WRITE",
            "AUDIT_CONTROL",
            "SETFCAP",
            "MAC_OVERRIDE",
            "MAC_ADMIN",
            "SYSLOG",
            "WAKE_ALARM",
            "BLOCK_SUSPEND",
            "AUDIT_READ",
            "PERFMON",
            "BPF",
            "CHECKPOINT_RESTORE");

    private CapabilityNames() {}

    /** A bit for each name. */
    static long bits(List<String> names) {
        long bits = 0;
        for (String name : names) {
            String upper = name.toUpperCase(Locale.ROOT);
            int number = NAMES.indexOf(upper.startsWith(PREFIX) ? upper.substring(PREFIX.length()) : upper);
            if (number < 0) {
                throw Failure.invalid("unknown capability: %s", name);
            }
            bits |= 1L << number;
        }
        return bits;
    }

    static String name(int number) {
        return number < NAMES.size() ? PREFIX + NAMES.get(number) : PREFIX + number;
    }
}
