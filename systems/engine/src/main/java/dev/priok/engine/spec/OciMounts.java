package dev.priok.engine.spec;

import dev.priok.engine.ContainerSpec;
import dev.priok.oci.runtime.MountSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The mounts of a container: Docker's own, then the user's, which replace those at the same place. */
final class OciMounts {
    /** moby {@code daemon/config/config.go}, {@code DefaultShmSize}. */
    static final long DEFAULT_SHM_BYTES = 64L << 20;

    /** These stay writable in a read-only root file system. */
    private static final Set<String> ALWAYS_WRITABLE = Set.of("/proc", "/dev", "/dev/pts", "/dev/shm", "/dev/mqueue");

    /** Of mounts whose files have on disk the owners that they have inside. */
    static final String OWNERS_INSIDE = "idmap";

    private OciMounts() {}

    static List<MountSpec> of(OciInputs in, String initInside) {
        Set<String> users = in.mounts().stream().map(PlannedMount::target).collect(Collectors.toSet());
        List<MountSpec> all = new ArrayList<>();
        for (MountSpec mount : defaults(in)) {
            String target = mount.destination();
            boolean hidden = users.contains(target) || (users.contains("/dev") && target.startsWith("/dev/"));
            if (!hidden) {
                all.add(
                        in.spec().security().readonlyRootfs() && !ALWAYS_WRITABLE.contains(target)
                                ? readOnly(mount)
                                : mount);
            }
        }
        if (in.reaps()) {
            all.add(MountSpec.of(initInside, "bind", in.host().reaper(), "bind", "ro", "nosuid", "nodev", "rprivate"));
        }
        for (PlannedMount mount : in.mounts()) {
            all.add(planned(mount, in));
        }
        return all;
    }

    private static List<MountSpec> defaults(OciInputs in) {
        ContainerSpec spec = in.spec();
        boolean privileged = spec.security().privileged();
        boolean writableCgroups =
                privileged || SecurityOptions.parse(spec.security()).writableCgroups();
        List<MountSpec> all = new ArrayList<>();
        all.add(MountSpec.of("/proc", "proc", "proc", "nosuid", "noexec", "nodev"));
        all.add(MountSpec.of("/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k"));
        all.add(MountSpec.of(
                "/dev/pts",
                "devpts",
                "devpts",
                "nosuid",
                "noexec",
                "newinstance",
                "ptmxmode=0666",
                "mode=0620",
                "gid=5"));
        all.add(MountSpec.of("/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", privileged ? "rw" : "ro"));
        all.add(MountSpec.of(
                "/sys/fs/cgroup", "cgroup", "cgroup", writableCgroups ? "rw" : "ro", "nosuid", "noexec", "nodev"));
        boolean hostIpc = spec.namespaces().ipc().equals("host");
        all.add(
                hostIpc && Files.isDirectory(Path.of("/dev/mqueue"))
                        ? MountSpec.of("/dev/mqueue", "bind", "/dev/mqueue", "rbind", "rprivate")
                        : MountSpec.of("/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec", "nodev"));
        shm(in, all);
        etc(in, all, in.files().resolvConf(), "/etc/resolv.conf");
        etc(in, all, in.files().hostname(), "/etc/hostname");
        etc(in, all, in.files().hosts(), "/etc/hosts");
        return all;
    }

    private static void shm(OciInputs in, List<MountSpec> all) {
        ContainerSpec spec = in.spec();
        if (spec.namespaces().ipc().equals("none")) {
            return;
        }
        if (in.shmPath().isPresent()) {
            all.add(MountSpec.of("/dev/shm", "bind", in.shmPath().get(), "rbind", "rprivate"));
            return;
        }
        long bytes = spec.storage().shmBytes() == 0
                ? DEFAULT_SHM_BYTES
                : spec.storage().shmBytes();
        all.add(MountSpec.of("/dev/shm", "tmpfs", "shm", "nosuid", "noexec", "nodev", "mode=1777", "size=" + bytes));
    }

    private static void etc(OciInputs in, List<MountSpec> all, String source, String target) {
        if (source.isEmpty()) {
            return;
        }
        // They are root's, inside as outside.
        all.add(
                in.remap().isPresent()
                        ? MountSpec.of(target, "bind", source, "bind", "idmap", "rprivate")
                        : MountSpec.of(target, "bind", source, "rbind", "rprivate"));
    }

    private static MountSpec planned(PlannedMount mount, OciInputs in) {
        List<String> options = new ArrayList<>(mount.options());
        boolean writable = mount.point().writable();
        if (mount.point().type().equals("tmpfs")) {
            if (!writable) {
                options.add("ro");
            }
            return new MountSpec(mount.target(), "tmpfs", "tmpfs", options, List.of(), List.of());
        }
        if (!writable) {
            options.add(mount.recursiveReadOnly() && in.host().recursiveReadOnly() ? "rro" : "ro");
        }
        if (in.remap().isEmpty()) {
            options.remove(OWNERS_INSIDE);
        }
        String propagation = mount.point().propagation();
        options.add(propagation.isEmpty() ? "rprivate" : propagation);
        return new MountSpec(mount.target(), "bind", mount.point().source(), options, List.of(), List.of());
    }

    private static MountSpec readOnly(MountSpec mount) {
        List<String> options = new ArrayList<>(mount.options());
        options.remove("rw");
        if (!options.contains("ro")) {
            options.add("ro");
        }
        return new MountSpec(
                mount.destination(), mount.type(), mount.source(), options, mount.uidMappings(), mount.gidMappings());
    }
}
