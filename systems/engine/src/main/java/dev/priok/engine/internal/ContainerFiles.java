package dev.priok.engine.internal;

import dev.priok.archive.Compression;
import dev.priok.core.Failure;
import dev.priok.engine.ContainerState.Status;
import dev.priok.engine.Containers.Change;
import dev.priok.engine.Containers.PathStat;
import dev.priok.engine.lifecycle.Container;
import dev.priok.engine.lifecycle.Folders;
import dev.priok.engine.lifecycle.Lifecycles;
import dev.priok.engine.lifecycle.Machine;
import dev.priok.engine.lifecycle.MountSources;
import dev.priok.engine.spec.Accounts;
import dev.priok.engine.spec.Cause;
import dev.priok.engine.spec.PlannedMount;
import dev.priok.linux.Fd;
import dev.priok.linux.OsThread;
import dev.priok.runtime.FileUser;
import dev.priok.snapshot.Owners;
import dev.priok.snapshot.RootFiles;
import dev.priok.snapshot.Tree;
import dev.priok.snapshot.Unpacking;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

/** Files of containers, from outside: diff, export, cp. */
final class ContainerFiles {
    private final Machine machine;
    private final Lifecycles machinery;

    ContainerFiles(Machine machine, Lifecycles machinery) {
        this.machine = machine;
        this.machinery = machinery;
    }

    List<Change> changes(Container container) {
        try {
            return machine.parts().snapshotter().changes(Folders.snapshotKey(container.id())).stream()
                    .map(change -> new Change(
                            change.path(),
                            switch (change.kind()) {
                                case MODIFIED -> Change.Kind.MODIFIED;
                                case ADDED -> Change.Kind.ADDED;
                                case DELETED -> Change.Kind.DELETED;
                            }))
                    .toList();
        } catch (IOException e) {
            throw Failure.internal(e, "comparing container %s with its image: %s", container.id(), Cause.text(e));
        }
    }

    void export(Container container, OutputStream out) throws IOException {
        if (container.state().status() == Status.DEAD) {
            throw Failure.conflict("You cannot export container %s which is Dead", container.id());
        }
        try (Tree tree = machinery.roots().openAlone(container)) {
            RootFiles.export(tree.root(), machinery.roots().owners(container), out);
        }
        machine.publish("container", "export", container.id(), machinery.attributes(container));
    }

    PathStat stat(Container container, String path) {
        try (Place place = place(container, path)) {
            dev.priok.snapshot.PathStat stat = RootFiles.stat(place.root(), place.path());
            return new PathStat(
                    TreePath.baseName(path),
                    stat.size(),
                    TreePath.goMode(stat.mode()),
                    Instant.ofEpochSecond(stat.modifiedSeconds(), stat.modifiedNanos()),
                    stat.linkTarget());
        } catch (Failure e) {
            throw naming(container, e);
        } catch (IOException e) {
            throw Failure.internal(e, "looking at %s in container %s: %s", path, container.id(), Cause.text(e));
        }
    }

    void copyOut(Container container, String path, OutputStream out) throws IOException {
        try (Place place = place(container, path)) {
            RootFiles.pack(place.root(), place.path(), place.name(path), place.owners(), out);
        } catch (Failure e) {
            throw naming(container, e);
        }
        machine.publish("container", "archive-path", container.id(), machinery.attributes(container));
    }

    void copyIn(Container container, String path, InputStream tar, boolean keepKinds, boolean copyOwner)
            throws IOException {
        try (Place place = place(container, path)) {
            // Not closed: that would close the caller's stream.
            InputStream plain = Compression.decompress(tar);
            if (place.readOnly()) {
                throw Failure.invalid(
                        place.volume() ? "mounted volume is marked read-only" : "container rootfs is marked read-only");
            }
            Optional<Unpacking.Owner> owner = Optional.empty();
            if (copyOwner) {
                Accounts.Identity user = machinery.identity(container);
                owner = Optional.of(new Unpacking.Owner(
                        place.owners().userOutside(user.uid()), place.owners().groupOutside(user.gid())));
            }
            unpack(place, plain, new Unpacking(owner, keepKinds, true));
            // What comes behind the end mark of the tar belongs to the request all the same.
            tar.transferTo(OutputStream.nullOutputStream());
        } catch (Failure e) {
            throw naming(container, e);
        }
        machine.publish("container", "extract-to-dir", container.id(), machinery.attributes(container));
    }

    private static void unpack(Place place, InputStream tar, Unpacking how) throws IOException {
        if (place.owners().equals(Owners.SAME)) {
            RootFiles.unpack(place.root(), place.path(), tar, how);
            return;
        }
        try {
            OsThread.run("copy-as-container", () -> {
                FileUser.become(place.owners().userOutside(0), place.owners().groupOutside(0));
                RootFiles.unpack(place.root(), place.path(), tar, how, place.owners());
                return true;
            });
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Failure failure) {
                throw failure;
            }
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("copying was interrupted", e);
        }
    }

    /** "Could not find the file /x in container" knows the path; the container is known here. */
    private static Failure naming(Container container, Failure e) {
        return e.kind() == Failure.Kind.NOT_FOUND && e.message().endsWith(" in container")
                ? new Failure(e.kind(), e.message() + " " + container.id(), e)
                : e;
    }

    /** Where a path of a container is: an open root, and the path in it. */
    private record Place(Fd root, String path, boolean readOnly, boolean volume, Owners owners, Runnable end)
            implements AutoCloseable {
        /** What a tar of it calls it: the name in the container, not in the volume. */
        String name(String asked) {
            return TreePath.isItself(asked) ? "." : TreePath.baseName(asked);
        }

        @Override
        public void close() {
            end.run();
        }
    }

    /** Finds the volume that holds the path while the container does not run; else its root file system. */
    private Place place(Container container, String path) throws IOException {
        if (path.isEmpty()) {
            throw Failure.invalid("bad parameter: path cannot be empty");
        }
        String clean = TreePath.clean(path);
        Optional<PlannedMount> mount = container.definition().mounts().stream()
                .filter(m -> !m.point().type().equals("tmpfs"))
                .filter(m -> clean.equals(m.target()) || clean.startsWith(m.target() + "/"))
                .max(Comparator.comparingInt(m -> m.target().length()));
        boolean readOnly = mount.map(m -> !m.point().writable())
                .orElse(container.definition().spec().security().readonlyRootfs());
        String whole = path.startsWith("/") ? path : "/" + path;
        Optional<Tree> running = machinery.roots().openRunning(container);
        if (running.isPresent()) {
            return in(
                    running.get(),
                    whole,
                    readOnly,
                    mount.isPresent(),
                    machinery.roots().owners(container));
        }
        Optional<MountSources.Opened> files =
                mount.isPresent() ? machinery.sources().open(container, mount.get()) : Optional.empty();
        if (mount.isPresent() && files.isPresent()) {
            String rest = clean.substring(mount.get().target().length());
            String ending = path.endsWith("/.") ? "/." : path.endsWith("/") || rest.isEmpty() ? "/" : "";
            MountSources.Opened opened = files.get();
            return new Place(
                    opened.root(), rest.isEmpty() ? "/." : rest + ending, readOnly, true, Owners.SAME, opened::close);
        }
        return in(machinery.roots().open(container), whole, readOnly, mount.isPresent(), Owners.SAME);
    }

    private static Place in(Tree tree, String path, boolean readOnly, boolean volume, Owners owners) {
        return new Place(tree.root(), path, readOnly, volume, owners, tree::close);
    }
}
