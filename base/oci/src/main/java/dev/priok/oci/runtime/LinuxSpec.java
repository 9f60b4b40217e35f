package dev.priok.oci.runtime;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is particular to Linux.
 *
 * @param uidMappings of a new user namespace
 * @param gidMappings of a new user namespace
 * @param sysctl kernel parameters of the container's namespaces, {@code net.ipv4.ip_forward} to {@code 1}
 * @param resources limits
 * @param cgroupsPath where in the hierarchies the container's cgroup is
 * @param namespaces which are new or joined; a kind that is not named is the host's
 * @param devices nodes made in {@code /dev}, besides the seven that every container has
 * @param seccomp filter of system calls, absent for none
 * @param rootfsPropagation {@code private}, {@code slave}, {@code shared} or {@code unbindable}; absent for {@code rslave}
 * @param maskedPaths paths inside that show nothing
 * @param readonlyPaths paths inside that cannot be written
 * @param mountLabel SELinux label of the mounts
 * @param timeOffsets of a new time namespace, by {@code monotonic} and {@code boottime}
 * @see <a href="https://github.com/opencontainers/runtime-spec/blob/v1.2.0/config-linux.md">OCI runtime spec, Linux</a>
 */
public record LinuxSpec(
        List<IdMapping> uidMappings,
        List<IdMapping> gidMappings,
        Map<String, String> sysctl,
        @Nullable LinuxResources resources,
        @Nullable String cgroupsPath,
        List<Namespace> namespaces,
        List<Device> devices,
        @Nullable LinuxSeccomp seccomp,
        @Nullable String rootfsPropagation,
        List<String> maskedPaths,
        List<String> readonlyPaths,
        @Nullable String mountLabel,
        Map<String, TimeOffset> timeOffsets) {
    public LinuxSpec {
        uidMappings = uidMappings == null ? List.of() : List.copyOf(uidMappings);
        gidMappings = gidMappings == null ? List.of() : List.copyOf(gidMappings);
        sysctl = sysctl == null ? Map.of() : Map.copyOf(sysctl);
        namespaces = namespaces == null ? List.of() : List.copyOf(namespaces);
        devices = devices == null ? List.of() : List.copyOf(devices);
        maskedPaths = maskedPaths == null ? List.of() : List.copyOf(maskedPaths);
        readonlyPaths = readonlyPaths == null ? List.of() : List.copyOf(readonlyPaths);
        timeOffsets = timeOffsets == null ? Map.of() : Map.copyOf(timeOffsets);
    }

    /** Nothing set: the process shares everything with the host. */
    public static LinuxSpec none() {
        return ofNamespaces(List.of());
    }

    /** These namespaces and nothing else set. */
    public static LinuxSpec ofNamespaces(List<Namespace> namespaces) {
        return new LinuxSpec(
                List.of(),
                List.of(),
                Map.of(),
                null,
                null,
                namespaces,
                List.of(),
                null,
                null,
                List.of(),
                List.of(),
                null,
                Map.of());
    }

    /** The kinds of namespace. */
    public enum NamespaceType {
        @JsonProperty("pid")
        PID,
        @JsonProperty("network")
        NETWORK,
        @JsonProperty("mount")
        MOUNT,
        @JsonProperty("ipc")
        IPC,
        @JsonProperty("uts")
        UTS,
        @JsonProperty("user")
        USER,
        @JsonProperty("cgroup")
        CGROUP,
        @JsonProperty("time")
        TIME
    }

    /**
     * A namespace of the container.
     *
     * @param type its kind
     * @param path of one to join, such as {@code /proc/123/ns/net}; absent to make a new one
     */
    public record Namespace(NamespaceType type, @Nullable String path) {
        /** A new namespace. */
        public static Namespace of(NamespaceType type) {
            return new Namespace(type, null);
        }
    }

    /**
     * A range of ids; numbers are unsigned 32 bits.
     *
     * @param containerID first id inside
     * @param hostID first id outside
     * @param size how many
     */
    public record IdMapping(long containerID, long hostID, long size) {}

    /**
     * A device node.
     *
     * @param type {@code c}, {@code b}, {@code u} or {@code p}
     * @param path absolute path inside
     * @param major its driver; -1 when absent
     * @param minor which of the driver's devices; -1 when absent
     * @param fileMode permission bits, absent for 0666
     * @param uid owner, absent for root
     * @param gid group, absent for root
     */
    public record Device(
            String type,
            String path,
            long major,
            long minor,
            @Nullable Integer fileMode,
            @Nullable Integer uid,
            @Nullable Integer gid) {}

    /**
     * How far a clock is ahead inside.
     *
     * @param secs whole seconds
     * @param nanosecs and nanoseconds
     */
    public record TimeOffset(long secs, int nanosecs) {}
}
