package dev.priok.engine.lifecycle;

import dev.priok.engine.IdRemap;
import dev.priok.engine.spec.Accounts;
import dev.priok.engine.spec.LayeredFiles;
import dev.priok.engine.spec.LayeredFiles.Found;
import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.FileStat;
import dev.priok.linux.MountCalls;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.OsThread;
import dev.priok.linux.ProcessCalls;
import dev.priok.linux.Resolve;
import dev.priok.linux.SyscallException;
import dev.priok.oci.runtime.LinuxSpec.IdMapping;
import dev.priok.snapshot.Mount;
import dev.priok.snapshot.Owners;
import dev.priok.snapshot.Snapshot;
import dev.priok.snapshot.Snapshotter;
import dev.priok.snapshot.Tree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

/** The files in a container's root file system, from outside. */
public final class RootAccess {
    /** A container may bring a passwd file of any size. */
    private static final int MAXIMUM_BYTES = 1 << 20;

    // linux/sched.h
    private static final int CLONE_FS = 0x200;
    private static final int CLONE_NEWNS = 0x20000;

    private final Snapshotter snapshotter;

    private final Path initLayer;

    /**
     * Over all containers.
     *
     * @param initLayer folder of mount points that every container has on top of its image
     */
    RootAccess(Snapshotter snapshotter, Path initLayer) {
        this.snapshotter = snapshotter;
        this.initLayer = initLayer;
    }

    private Tree stopped(Container container) throws IOException {
        return snapshotter.open(Folders.snapshotKey(container.id()), List.of(initLayer));
    }

    /** The root of a container: through its first process while it runs, else its snapshot. */
    public Tree open(Container container) throws IOException {
        Optional<Tree> running = openRunning(container);
        return running.isPresent() ? running.get() : stopped(container);
    }

    /**
     * What owners of outside are inside, in the root of a running container; the same in that of one that does not run, as they are
     * on disk.
     */
    public Owners owners(Container container) {
        IdRemap remap = container.definition().remap();
        return remap == null || container.run == null || !container.state().live()
                ? Owners.SAME
                : new Owners(ranges(remap.uids()), ranges(remap.gids()));
    }

    private static List<Owners.Range> ranges(List<IdMapping> mappings) {
        return mappings.stream()
                .map(m -> new Owners.Range(m.containerID(), m.hostID(), m.size()))
                .toList();
    }

    /** The root of a container with all that is mounted in it; empty unless its first process is there. */
    public Optional<Tree> openRunning(Container container) throws IOException {
        Run run = container.run;
        return run == null || !container.state().live()
                ? Optional.empty()
                : opened(run, "root", OpenFlag.PATH | OpenFlag.DIRECTORY).map(Tree::new);
    }

    /** A file of a run's first process in /proc; empty once that has ended, when its number may be another's. */
    private static Optional<Fd> opened(Run run, String name, int flags) throws IOException {
        Fd file;
        try {
            file = FileCalls.host().open("/proc/" + run.process.pid() + "/" + name, flags);
        } catch (SyscallException e) {
            if (run.lives()) {
                throw e;
            }
            return Optional.empty();
        }
        boolean lives = false;
        try {
            lives = run.lives();
        } finally {
            if (!lives) {
                file.close();
            }
        }
        return lives ? Optional.of(file) : Optional.empty();
    }

    /** The root without what is mounted in it: no /proc, no volumes. */
    public Tree openAlone(Container container) throws IOException {
        Run run = container.run;
        if (run == null || !container.state().live()) {
            return stopped(container);
        }
        try {
            Optional<Fd> copy = OsThread.run("export-" + container.id().substring(0, 12), () -> copyOfRoot(run));
            return copy.isPresent() ? new Tree(copy.get()) : stopped(container);
        } catch (ExecutionException e) {
            throw new IOException("opening the root of container " + container.id(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("opening the root of container " + container.id() + " was interrupted", e);
        }
    }

    /**
     * A detached copy of the mount that a run's process has as its root; only on a thread of its own, which it changes. Empty
     * when the process has ended.
     */
    private static Optional<Fd> copyOfRoot(Run run) throws IOException {
        Optional<Fd> opened = opened(run, "ns/mnt", OpenFlag.RDONLY);
        if (opened.isEmpty()) {
            return Optional.empty();
        }
        try (Fd namespace = opened.get()) {
            // setns(2) into a mount namespace wants a thread that shares its root and folder with no other.
            ProcessCalls.host().unshare(CLONE_FS);
            ProcessCalls.host().setns(namespace, CLONE_NEWNS);
        }
        try (Fd root = FileCalls.host().open("/", OpenFlag.PATH | OpenFlag.DIRECTORY)) {
            return Optional.of(MountCalls.host().cloneTree(root, false));
        }
    }

    /** Users and groups; without a mount where no link is in the way. */
    Accounts accounts(Container container) throws IOException {
        List<String> layers = layers(container);
        Found passwd = layers.isEmpty() ? new Found.Unclear() : LayeredFiles.read(layers, "etc", "passwd");
        Found group = layers.isEmpty() ? new Found.Unclear() : LayeredFiles.read(layers, "etc", "group");
        if (passwd instanceof Found.Unclear || group instanceof Found.Unclear) {
            try (Tree tree = open(container)) {
                return Accounts.parse(text(tree.root(), "etc/passwd"), text(tree.root(), "etc/group"));
            }
        }
        return Accounts.parse(text(passwd), text(group));
    }

    private static String text(Found found) {
        return found instanceof Found.Text(String text) ? text : "";
    }

    private List<String> layers(Container container) throws IOException {
        Optional<Snapshot> snapshot = snapshotter.ready(Folders.snapshotKey(container.id()));
        if (snapshot.isEmpty() || snapshot.get().mounts().size() != 1) {
            return List.of();
        }
        Mount mount = snapshot.get().mounts().getFirst();
        List<String> layers = new ArrayList<>();
        if (mount.type().equals("bind")) {
            layers.add(mount.source());
        } else {
            mount.option("upperdir").ifPresent(layers::add);
            layers.addAll(mount.lowers());
        }
        return layers;
    }

    /** The text of a file inside; empty when there is none. */
    private static String text(Fd root, String path) throws IOException {
        FileCalls files = FileCalls.host();
        try (Fd file = files.openat2(root, path, OpenFlag.RDONLY | OpenFlag.NONBLOCK, 0, Resolve.INSIDE)) {
            FileStat stat = files.stat(file);
            if (!stat.isRegular()) {
                return "";
            }
            ByteBuffer buffer = ByteBuffer.allocateDirect((int) Math.min(stat.size(), MAXIMUM_BYTES));
            int n = 1;
            while (buffer.hasRemaining() && n > 0) {
                n = DescriptorCalls.host().pread(file, buffer, buffer.position());
            }
            byte[] bytes = new byte[buffer.flip().remaining()];
            buffer.get(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (SyscallException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR || e.errno() == Errno.ELOOP) {
                return "";
            }
            throw e;
        }
    }
}
