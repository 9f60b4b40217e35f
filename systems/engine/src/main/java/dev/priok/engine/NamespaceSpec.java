package dev.priok.engine;

/**
 * Namespaces that a container shares. Empty means the default, a new one (for cgroups: private on v2, the host's on v1).
 *
 * @param ipc {@code private}, {@code shareable}, {@code none}, {@code host} or {@code container:X}
 * @param pid {@code host} or {@code container:X}
 * @param uts {@code host}
 * @param user {@code host}
 * @param cgroup {@code private} or {@code host}
 */
public record NamespaceSpec(String ipc, String pid, String uts, String user, String cgroup) {
    /** A new namespace of every kind. */
    public static final NamespaceSpec DEFAULT = new NamespaceSpec("", "", "", "", "");

    public NamespaceSpec {
        ipc = Copies.text(ipc);
        pid = Copies.text(pid);
        uts = Copies.text(uts);
        user = Copies.text(user);
        cgroup = Copies.text(cgroup);
    }

    /** These with another mode of the cgroup namespace. */
    public NamespaceSpec withCgroup(String mode) {
        return new NamespaceSpec(ipc, pid, uts, user, mode);
    }
}
