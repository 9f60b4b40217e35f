package dev.priok.runtime.internal;

import dev.priok.core.Failure;
import dev.priok.init.FileStep;
import dev.priok.init.MountStep;
import dev.priok.init.Slot;
import dev.priok.init.Steps;
import dev.priok.linux.Errno;
import dev.priok.linux.MountAttribute;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.Resolve;
import dev.priok.oci.runtime.LinuxSpec.NamespaceType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What keeps a container from the kernel's knobs: paths that show nothing or cannot be written, and sysctls. */
final class GuardSteps {
    private static final int PATH = OpenFlag.PATH | OpenFlag.CLOEXEC;
    private static final int RESTRICTED =
            MountAttribute.RDONLY | MountAttribute.NOSUID | MountAttribute.NODEV | MountAttribute.NOEXEC;

    /** Sysctls that are kept in the ipc namespace (ipc_namespaces(7)). */
    private static final Set<String> IPC_SYSCTLS = Set.of(
            "kernel.msgmax",
            "kernel.msgmnb",
            "kernel.msgmni",
            "kernel.sem",
            "kernel.shmall",
            "kernel.shmmax",
            "kernel.shmmni",
            "kernel.shm_rmid_forced");

    private static final Slot NOTHING = Slot.result("null");
    private static final Slot EMPTY = Slot.result("empty");

    private final Steps steps;
    private final Targets targets;

    GuardSteps(Steps steps, Targets targets) {
        this.steps = steps;
        this.targets = targets;
    }

    /** Opens what covers masked paths, while the host's tree can be reached. */
    void openCovers(List<String> paths, Path emptyFolder) {
        if (paths.isEmpty()) {
            return;
        }
        steps.purpose("preparing masks");
        // The host's own /dev/null, still in sight: an image cannot put something else in its place (CVE-2025-31133).
        steps.add(new FileStep.OpenAt(NOTHING, Slot.CURRENT_DIRECTORY, "/dev/null", PATH | OpenFlag.NOFOLLOW, 0));
        steps.add(new FileStep.OpenAt(
                EMPTY, Slot.CURRENT_DIRECTORY, emptyFolder.toString(), PATH | OpenFlag.DIRECTORY, 0));
    }

    /** Covers files with /dev/null and folders with an empty one; a path that is not there needs no cover. */
    void mask(List<String> paths) {
        Slot nothing = NOTHING;
        Slot empty = EMPTY;
        for (String path : paths) {
            steps.purpose("masking " + path);
            Slot target = Slot.result("@" + path);
            Slot cover = Slot.result("mask:" + path);
            steps.branch(
                    open(target, path, PATH | OpenFlag.DIRECTORY),
                    List.of(Errno.ENOENT, Errno.ENOTDIR),
                    folder -> {
                        folder.add(new MountStep.OpenTree(cover, empty, "", false));
                        folder.add(new MountStep.MountSetattr(cover, false, RESTRICTED, 0, 0));
                        folder.add(new MountStep.MoveMount(cover, target));
                    },
                    other -> other.ifPossible(open(target, path, PATH), List.of(Errno.ENOENT, Errno.ENOTDIR), file -> {
                        file.add(new MountStep.OpenTree(cover, nothing, "", false));
                        file.add(new MountStep.MoveMount(cover, target));
                    }));
        }
    }

    /** Binds paths on themselves so that nothing below can be written; a path that is not there is left alone. */
    void makeReadonly(List<String> paths) {
        for (String path : paths) {
            steps.purpose("making " + path + " read-only");
            Slot target = Slot.result("@" + path);
            Slot tree = Slot.result("readonly:" + path);
            steps.ifPossible(open(target, path, PATH), List.of(Errno.ENOENT, Errno.ENOTDIR), present -> {
                present.add(new MountStep.OpenTree(tree, target, "", true));
                present.add(new MountStep.MountSetattr(tree, true, MountAttribute.RDONLY, 0, 0));
                present.add(new MountStep.MoveMount(tree, target));
            });
        }
    }

    private FileStep.OpenAt2 open(Slot result, String path, int flags) {
        return new FileStep.OpenAt2(result, targets.root(), Targets.relative(path), flags, 0, Resolve.INSIDE);
    }

    /** Writes kernel parameters through a procfs of our own that nothing can be mounted over (CVE-2019-16884, CVE-2025-52881). */
    void sysctls(Map<String, String> values, Slot proc, Namespaces namespaces) {
        values.entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(sysctl -> {
            check(sysctl.getKey(), namespaces);
            steps.purpose("setting sysctl " + sysctl.getKey());
            write(steps, proc, "sys/" + path(sysctl.getKey()), sysctl.getValue());
        });
    }

    /** Writes a file of procfs. */
    static void write(Steps steps, Slot proc, String path, String text) {
        Slot file = Slot.result("proc:" + path);
        steps.add(new FileStep.OpenAt2(
                file,
                proc,
                path,
                OpenFlag.WRONLY | OpenFlag.CLOEXEC,
                0,
                Resolve.BENEATH | Resolve.NO_XDEV | Resolve.NO_MAGICLINKS));
        steps.add(new FileStep.Write(file, text));
        steps.add(new FileStep.Close(file));
    }

    /** Dots are separators unless a slash comes first, as sysctl(8) has it. */
    private static String path(String key) {
        int slash = key.indexOf('/');
        int dot = key.indexOf('.');
        return slash >= 0 && (dot < 0 || slash < dot) ? key : key.replace('.', '/');
    }

    /** The kind of namespace that a sysctl is kept in; MOUNT, which keeps none, for all that are the host's. */
    private static NamespaceType keeper(String name) {
        if (IPC_SYSCTLS.contains(name) || name.startsWith("fs.mqueue.")) {
            return NamespaceType.IPC;
        }
        if (name.startsWith("net.")) {
            return NamespaceType.NETWORK;
        }
        return name.equals("kernel.domainname") || name.equals("kernel.hostname")
                ? NamespaceType.UTS
                : NamespaceType.MOUNT;
    }

    private static void check(String key, Namespaces namespaces) {
        String name = key.replace('/', '.');
        NamespaceType keeper = keeper(name);
        boolean kept = keeper != NamespaceType.MOUNT && namespaces.isOwn(keeper);
        if (!kept || name.contains("..")) {
            throw Failure.invalid("sysctl %s is not in a separate kernel namespace", key);
        }
    }
}
