package dev.priok.runtime.internal;

import dev.priok.core.Failure;
import dev.priok.init.FileStep;
import dev.priok.init.MountStep;
import dev.priok.init.Slot;
import dev.priok.init.Steps;
import dev.priok.linux.Errno;
import dev.priok.linux.MountAttribute;
import dev.priok.oci.runtime.LinuxSpec.NamespaceType;
import dev.priok.oci.runtime.MountSpec;
import dev.priok.runtime.CgroupJoin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The mounts of a configuration, in its order, each on a place inside the root that cannot be led astray. */
final class MountSteps {
    /** What may be mounted below /proc; everything else could fool who reads or writes there (runc's list). */
    private static final Set<String> ALLOWED_IN_PROC = Set.of(
            "proc/cpuinfo",
            "proc/diskstats",
            "proc/meminfo",
            "proc/stat",
            "proc/swaps",
            "proc/uptime",
            "proc/loadavg",
            "proc/slabinfo",
            "proc/sys/kernel/ns_last_pid",
            "proc/sys/crypto/fips_enabled");

    private static final MountOptions CGROUP_TMPFS =
            MountOptions.parse(List.of("nosuid", "noexec", "nodev", "mode=755"));

    private final Steps steps;
    private final Steps before;
    private final boolean inUserNamespace;
    private final Targets targets;
    private final Namespaces namespaces;
    private final Wiring wiring;
    private final Optional<CgroupJoin.View> cgroups;
    private final Map<String, Slot> readonlyLater = new LinkedHashMap<>();
    private Optional<Slot> proc = Optional.empty();

    MountSteps(
            Steps steps,
            Steps before,
            Targets targets,
            Namespaces namespaces,
            Wiring wiring,
            Optional<CgroupJoin.View> cgroups) {
        this.steps = steps;
        this.before = before;
        this.inUserNamespace = namespaces.isOwn(NamespaceType.USER);
        this.targets = targets;
        this.namespaces = namespaces;
        this.wiring = wiring;
        this.cgroups = cgroups;
    }

    /** The container's own procfs, once it is mounted: a handle that nothing mounted over /proc can replace. */
    Optional<Slot> proc() {
        return proc;
    }

    /**
     * Mounts one.
     *
     * @param index its place in the configuration
     */
    void mount(int index, MountSpec mount) {
        String destination = "/" + Targets.relative(mount.destination());
        String type = mount.type() == null ? "none" : mount.type();
        MountOptions options = MountOptions.parse(mount.options());
        boolean bind = options.bind() || type.equals("bind");
        steps.purpose("mounting " + (bind ? String.valueOf(mount.source()) : type) + " on " + destination);
        check(destination, bind ? "bind" : type, mount);
        if (bind) {
            bind(index, mount, destination, options);
            return;
        }
        String source = mount.source() == null ? type : mount.source();
        switch (type) {
            case "proc" -> {
                Slot handle = FileSystems.detached(steps, destination, type, source, options);
                if ((options.set() & MountAttribute.RDONLY) == 0) {
                    proc = Optional.of(handle);
                }
                steps.add(new MountStep.MoveMount(handle, targets.realFolder(steps, destination)));
            }
            case "sysfs" -> {
                Slot handle = inUserNamespace && !namespaces.isNew(NamespaceType.NETWORK)
                        ? sysfsOfOthers(destination, source, options)
                        : FileSystems.detached(steps, destination, type, source, options);
                steps.add(new MountStep.MoveMount(handle, targets.realFolder(steps, destination)));
            }
            case "devpts" -> {
                Slot handle = wiring.devpts()
                        .orElseGet(() -> FileSystems.detached(steps, destination, type, source, options));
                steps.add(new MountStep.MoveMount(handle, targets.folder(steps, destination)));
            }
            case "cgroup", "cgroup2" -> cgroup(destination, options);
            default -> {
                // What comes after may need places in it, so it is made read-only at the end.
                Slot ready = wiring.filled().get(index);
                Slot handle = ready != null
                        ? ready
                        : FileSystems.detached(steps, destination, type, source, options, MountAttribute.RDONLY);
                mapOwners(steps, index, handle, destination, options);
                steps.add(new MountStep.MoveMount(handle, targets.folder(steps, destination)));
                if (((options.set() | options.recursiveSet()) & MountAttribute.RDONLY) != 0) {
                    readonlyLater.put(destination, handle);
                }
            }
        }
        if (options.propagation() != 0) {
            propagate(Slot.result("mount:" + destination), options);
        }
    }

    /** Makes read-only what had to be written until now. */
    void finish() {
        readonlyLater.forEach((destination, mount) -> {
            steps.purpose("making " + destination + " read-only");
            steps.add(new MountStep.MountSetattr(mount, false, MountAttribute.RDONLY, 0, 0));
        });
    }

    private static void check(String destination, String type, MountSpec mount) {
        if (destination.equals("/")) {
            throw Failure.invalid("nothing can be mounted over the root: %s", mount.destination());
        }
        String path = Targets.relative(destination);
        boolean allowed = !path.startsWith("proc/") || ALLOWED_IN_PROC.contains(path);
        boolean ownProc = !path.equals("proc") || type.equals("proc") || "/proc".equals(mount.source());
        if (!allowed || !ownProc) {
            throw Failure.invalid("%s cannot be mounted because it is inside /proc", mount.destination());
        }
    }

    /** A sysfs shows a network's devices, and only who owns that network may mount one; the host's is bound instead. */
    private Slot sysfsOfOthers(String destination, String source, MountOptions options) {
        Slot context = Slot.result("fs:" + destination);
        Slot handle = Slot.result("mount:" + destination);
        steps.branch(
                new MountStep.Fsopen(context, "sysfs"),
                List.of(Errno.EPERM),
                allowed -> FileSystems.configured(allowed, context, handle, source, options, 0),
                refused -> {
                    // Recursively: what the host has mounted there may not be uncovered.
                    refused.add(new MountStep.OpenTree(handle, Slot.CURRENT_DIRECTORY, "/sys", true));
                    refused.add(new MountStep.MountSetattr(
                            handle, true, options.set() & ~MountAttribute.STRICTATIME, 0, MountAttribute.MS_SLAVE));
                });
        return handle;
    }

    private void mapOwners(Steps where, int index, Slot mount, String destination, MountOptions options) {
        if (options.idMap().isEmpty()) {
            return;
        }
        Slot owners = wiring.owners().get(index);
        boolean bound = options.bind() || where == before;
        if (owners == null || (inUserNamespace && !bound)) {
            throw Failure.invalid("the owners in the mount on %s cannot be mapped: it is no bind", destination);
        }
        where.add(new MountStep.MapOwners(mount, options.idMap().get(), owners));
    }

    private void bind(int index, MountSpec mount, String destination, MountOptions options) {
        String source = mount.source();
        if (source == null || !source.startsWith("/")) {
            throw Failure.invalid("the source of a bind is not an absolute path: %s", String.valueOf(source));
        }
        Slot tree = Slot.result("mount:" + destination);
        // In a user namespace the process may not reach every folder of the host any more, but its monitor still can.
        Steps where = inUserNamespace ? before : steps;
        where.purpose("mounting " + source + " on " + destination);
        where.add(new MountStep.OpenTree(tree, Slot.CURRENT_DIRECTORY, source, options.recursiveBind()));
        mapOwners(where, index, tree, destination, options);
        restrict(where, tree, options);
        Slot target = Files.isDirectory(Path.of(source))
                ? targets.folder(steps, destination)
                : targets.file(steps, destination);
        steps.add(new MountStep.MoveMount(tree, target));
    }

    /** Sets what a bind is to be like, in as few calls as its options allow. */
    private static void restrict(Steps where, Slot tree, MountOptions o) {
        long recursivePropagation = o.recursivePropagation() ? o.propagation() : 0;
        long ownPropagation = o.recursivePropagation() ? 0 : o.propagation();
        if ((o.set() | o.clear()) != 0 || ownPropagation != 0) {
            where.add(new MountStep.MountSetattr(tree, false, o.set(), o.clear(), ownPropagation));
        }
        if ((o.recursiveSet() | o.recursiveClear()) != 0 || recursivePropagation != 0) {
            where.add(
                    new MountStep.MountSetattr(tree, true, o.recursiveSet(), o.recursiveClear(), recursivePropagation));
        }
    }

    private void propagate(Slot mount, MountOptions o) {
        steps.add(new MountStep.MountSetattr(mount, o.recursivePropagation(), 0, 0, o.propagation()));
    }

    private void cgroup(String destination, MountOptions options) {
        CgroupJoin.View view = cgroups.orElseThrow(() -> Failure.invalid("no cgroup to be mounted at %s", destination));
        boolean own = namespaces.isNew(NamespaceType.CGROUP);
        switch (view) {
            case CgroupJoin.View.Unified(Path folder) -> {
                Slot mount = own
                        ? FileSystems.detached(steps, destination, "cgroup2", "cgroup", options)
                        : bound(destination, folder, options);
                steps.add(new MountStep.MoveMount(mount, targets.folder(steps, destination)));
            }
            case CgroupJoin.View.Legacy(List<CgroupJoin.Hierarchy> hierarchies, List<CgroupJoin.Link> links) -> {
                Slot tmpfs = FileSystems.detached(steps, destination, "tmpfs", "tmpfs", CGROUP_TMPFS);
                steps.add(new MountStep.MoveMount(tmpfs, targets.folder(steps, destination)));
                for (CgroupJoin.Hierarchy hierarchy : hierarchies) {
                    String at = destination + "/" + hierarchy.name();
                    steps.purpose("mounting the cgroup " + hierarchy.name() + " on " + at);
                    Slot mount = own ? hierarchy(at, hierarchy, options) : bound(at, hierarchy.folder(), options);
                    steps.add(new FileStep.Mkdirat(tmpfs, hierarchy.name(), 0755));
                    steps.add(new MountStep.MoveMount(mount, targets.folder(steps, at)));
                }
                links.forEach(link -> steps.add(new FileStep.Symlinkat(link.target(), tmpfs, link.name())));
                steps.add(new MountStep.MountSetattr(tmpfs, false, options.set(), 0, 0));
            }
        }
    }

    private Slot bound(String at, Path folder, MountOptions options) {
        Slot tree = Slot.result("mount:" + at);
        steps.add(new MountStep.OpenTree(tree, Slot.CURRENT_DIRECTORY, folder.toString(), false));
        int restrictions = options.set()
                & (MountAttribute.RDONLY | MountAttribute.NOSUID | MountAttribute.NODEV | MountAttribute.NOEXEC);
        steps.add(new MountStep.MountSetattr(tree, false, restrictions, 0, 0));
        return tree;
    }

    private Slot hierarchy(String at, CgroupJoin.Hierarchy hierarchy, MountOptions options) {
        MountOptions named = MountOptions.parse(List.of(hierarchy.options().split(",")));
        Slot context = Slot.result("fs:" + at);
        Slot mount = Slot.result("mount:" + at);
        steps.add(new MountStep.Fsopen(context, "cgroup"));
        named.data().forEach(option -> FileSystems.parameter(steps, context, option));
        steps.add(new MountStep.FsconfigCreate(context));
        steps.add(new MountStep.Fsmount(mount, context, options.set()));
        return mount;
    }
}
