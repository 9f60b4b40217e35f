package dev.priok.engine.spec;

import dev.priok.core.Failure;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Which capabilities a container gets: capabilities(7), and the defaults of moby {@code daemon/pkg/oci/caps/defaults.go}. */
public final class CapabilityNames {
    /** Every capability of Linux 6.x in the order of their numbers. */
    public static final List<String> ALL = List.of(
            "CAP_CHOWN",
            "CAP_DAC_OVERRIDE",
            "CAP_DAC_READ_SEARCH",
            "CAP_FOWNER",
            "CAP_FSETID",
            "CAP_KILL",
            "CAP_SETGID",
            "CAP_SETUID",
            "CAP_SETPCAP",
            "CAP_LINUX_IMMUTABLE",
            "CAP_NET_BIND_SERVICE",
            "CAP_NET_BROADCAST",
            "CAP_NET_ADMIN",
            "CAP_NET_RAW",
            "CAP_IPC_LOCK",
            "CAP_IPC_OWNER",
            "CAP_SYS_MODULE",
            "CAP_SYS_RAWIO",
            "CAP_SYS_CHROOT",
            "CAP_SYS_PTRACE",
            "CAP_SYS_PACCT",
            "CAP_SYS_ADMIN",
            "CAP_SYS_BOOT",
            "CAP_SYS_NICE",
            "CAP_SYS_RESOURCE",
            "CAP_SYS_TIME",
            "CAP_SYS_TTY_CONFIG",
            "CAP_MKNOD",
            "CAP_LEASE",
            "CAP_AUDIT_WRITE",
            "CAP_AUDIT_CONTROL",
            "CAP_SETFCAP",
            "CAP_MAC_OVERRIDE",
            "CAP_MAC_ADMIN",
            "CAP_SYSLOG",
            "CAP_WAKE_ALARM",
            "CAP_BLOCK_SUSPEND",
            "CAP_AUDIT_READ",
            "CAP_PERFMON",
            "CAP_BPF",
            "CAP_CHECKPOINT_RESTORE");

    /** What Docker gives. */
    public static final List<String> DEFAULT = List.of(
            "CAP_CHOWN",
            "CAP_DAC_OVERRIDE",
            "CAP_FSETID",
            "CAP_FOWNER",
            "CAP_MKNOD",
            "CAP_NET_RAW",
            "CAP_SETGID",
            "CAP_SETUID",
            "CAP_SETFCAP",
            "CAP_SETPCAP",
            "CAP_NET_BIND_SERVICE",
            "CAP_SYS_CHROOT",
            "CAP_KILL",
            "CAP_AUDIT_WRITE");

    private CapabilityNames() {}

    /**
     * What a container gets, in the order of {@link #ALL}.
     *
     * @param available what this daemon has to give
     */
    public static List<String> effective(
            boolean privileged, List<String> add, List<String> drop, Set<String> available) {
        Set<String> adds = normalized(add);
        Set<String> drops = normalized(drop);
        if (privileged) {
            return ALL.stream().filter(available::contains).toList();
        }
        Set<String> chosen = new LinkedHashSet<>();
        if (adds.contains("ALL")) {
            chosen.addAll(ALL.stream().filter(available::contains).toList());
            chosen.removeAll(drops);
        } else if (!drops.contains("ALL")) {
            chosen.addAll(DEFAULT);
            chosen.removeAll(drops);
        }
        adds.stream().filter(name -> !name.equals("ALL")).forEach(chosen::add);
        return ALL.stream().filter(chosen::contains).toList();
    }

    /** Refuses unknown names. */
    public static void validate(List<String> names, String option) {
        for (String name : normalized(names)) {
            if (!name.equals("ALL") && !ALL.contains(name)) {
                throw Failure.invalid("invalid %s: unknown capability: \"%s\"", option, name);
            }
        }
    }

    private static Set<String> normalized(List<String> names) {
        Set<String> result = new LinkedHashSet<>();
        for (String name : names) {
            String upper = name.toUpperCase(Locale.ROOT);
            result.add(upper.equals("ALL") || upper.startsWith("CAP_") ? upper : "CAP_" + upper);
        }
        return result;
    }
}
