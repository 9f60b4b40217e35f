package dev.priok.runtime.internal;

import dev.priok.core.Failure;
import dev.priok.oci.runtime.LinuxSpec.Namespace;
import dev.priok.oci.runtime.LinuxSpec.NamespaceType;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Which namespaces a configuration makes anew; flags are those of clone(2) (linux/sched.h). */
final class Namespaces {
    private final Set<NamespaceType> fresh = EnumSet.noneOf(NamespaceType.class);
    private final Set<NamespaceType> named = EnumSet.noneOf(NamespaceType.class);

    Namespaces(List<Namespace> namespaces) {
        for (Namespace namespace : namespaces) {
            if (!named.add(namespace.type())) {
                throw Failure.invalid("namespace is named twice: %s", namespace.type());
            }
            if (namespace.path() == null) {
                fresh.add(namespace.type());
            }
        }
        if (!fresh.contains(NamespaceType.MOUNT)) {
            throw Failure.invalid("a container needs a mount namespace of its own");
        }
    }

    static long flag(NamespaceType type) {
        return switch (type) {
            case TIME -> 0x80;
            case MOUNT -> 0x20000;
            case CGROUP -> 0x2000000;
            case UTS -> 0x4000000;
            case IPC -> 0x8000000;
            case USER -> 0x10000000;
            case PID -> 0x20000000;
            case NETWORK -> 0x40000000;
        };
    }

    /** Name of its link in /proc/PID/ns. */
    static String link(NamespaceType type) {
        return switch (type) {
            case TIME -> "time";
            case MOUNT -> "mnt";
            case CGROUP -> "cgroup";
            case UTS -> "uts";
            case IPC -> "ipc";
            case USER -> "user";
            case PID -> "pid";
            case NETWORK -> "net";
        };
    }

    boolean isNew(NamespaceType type) {
        return fresh.contains(type);
    }

    /** Whether it is not the host's. */
    boolean isOwn(NamespaceType type) {
        return named.contains(type);
    }

    /**
     * Flags that the process is cloned with; the cgroup namespace comes later, when the cgroups are joined, and a user namespace is
     * there before, since all others are to belong to it.
     */
    long cloneFlags() {
        return fresh.stream()
                .filter(type -> type != NamespaceType.CGROUP && type != NamespaceType.USER)
                .mapToLong(Namespaces::flag)
                .sum();
    }
}
