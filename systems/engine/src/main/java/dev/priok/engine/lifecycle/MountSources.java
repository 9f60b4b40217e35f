package dev.priok.engine.lifecycle;

import dev.priok.core.Failure;
import dev.priok.engine.ContainerView.MountPoint;
import dev.priok.engine.spec.PlannedMount;
import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.MountCalls;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.Resolve;
import dev.priok.linux.SyscallException;
import dev.priok.snapshot.Tree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes what a container mounts ready on the host, as long as it runs: volumes that have to be mounted first, images, and parts of
 * both. A part is found by the kernel with the volume as root, whatever links are in it, and held by a mount of its own, so that
 * nobody can put something else in its place later.
 */
public final class MountSources {
    private static final Logger LOG = LoggerFactory.getLogger(MountSources.class);

    private final Machine machine;
    private final VolumeStore volumes;
    private final Path places;

    MountSources(Machine machine, VolumeStore volumes) {
        this.machine = machine;
        this.volumes = volumes;
        this.places = machine.config().runRoot().resolve("mounts");
    }

    /** The key of the view that keeps the layers of an image which is mounted. */
    public static String imageKey(String container, int index) {
        return Folders.snapshotKey(container) + ".image" + index;
    }

    /** Removes the views of a container's images. */
    static void forget(Machine machine, String container) throws IOException {
        for (int i = 0;
                machine.parts().snapshotter().find(imageKey(container, i)).isPresent();
                i++) {
            machine.parts().snapshotter().remove(imageKey(container, i));
        }
    }

    /** The mounts as they would be; makes nothing ready. */
    List<PlannedMount> planned(Container container) {
        List<PlannedMount> all = new ArrayList<>();
        List<PlannedMount> mounts = container.definition().mounts();
        for (int i = 0; i < mounts.size(); i++) {
            all.add(placed(mounts.get(i)) ? at(mounts.get(i), place(container, i)) : mounts.get(i));
        }
        return all;
    }

    /** Makes all ready; after a failure too {@link #release} is to be called. */
    List<PlannedMount> ready(Container container) throws IOException {
        List<PlannedMount> all = new ArrayList<>();
        List<PlannedMount> mounts = container.definition().mounts();
        int images = 0;
        for (int i = 0; i < mounts.size(); i++) {
            PlannedMount mount = mounts.get(i);
            MountPoint point = mount.point();
            if (point.type().equals("image")) {
                all.add(at(mount, image(container, i, images++)));
            } else if (point.type().equals("volume")) {
                Path volume = Path.of(volumes.uses().attach(point.name(), container.id()));
                Path source = mount.subpath().isEmpty() ? volume : part(container, i, volume);
                all.add(at(mount, source).withOptions(OwnersInside.with(mount.options(), source)));
            } else {
                all.add(mount);
            }
        }
        return all;
    }

    private static boolean placed(PlannedMount mount) {
        return mount.point().type().equals("image") || !mount.subpath().isEmpty();
    }

    private Path place(Container container, int index) {
        return places.resolve(container.id()).resolve(Integer.toString(index));
    }

    private static PlannedMount at(PlannedMount mount, Path source) {
        MountPoint p = mount.point();
        MountPoint moved = new MountPoint(
                p.type(),
                p.name(),
                source.toString(),
                p.destination(),
                p.driver(),
                p.mode(),
                p.writable(),
                p.propagation());
        return new PlannedMount(
                moved,
                mount.options(),
                mount.recursiveReadOnly(),
                mount.required(),
                mount.anonymous(),
                mount.subpath());
    }

    private Path image(Container container, int index, int image) throws IOException {
        Path place = place(container, index);
        PlannedMount mount = container.definition().mounts().get(index);
        if (mount.subpath().isEmpty()) {
            mountImage(container, image, place);
            return place;
        }
        Path whole = place.resolveSibling(index + ".whole");
        mountImage(container, image, whole);
        return part(container, index, whole);
    }

    private void mountImage(Container container, int image, Path place) throws IOException {
        Files.createDirectories(place);
        if (LocalMount.mounted(place, false)) {
            return;
        }
        try (Tree tree = machine.parts().snapshotter().open(imageKey(container.id(), image))) {
            MountCalls.host().moveMount(tree.root(), place.toString());
        }
    }

    /** Holds a part of a tree by a mount. */
    private Path part(Container container, int index, Path whole) throws IOException {
        Path place = place(container, index);
        PlannedMount mount = container.definition().mounts().get(index);
        FileCalls files = FileCalls.host();
        try (Fd root = files.open(whole.toString(), OpenFlag.PATH | OpenFlag.DIRECTORY);
                Fd part = files.openat2(root, mount.subpath(), OpenFlag.PATH, 0, Resolve.WITHIN);
                Fd clone = MountCalls.host().cloneTree(part, true)) {
            Files.createDirectories(places.resolve(container.id()));
            if (files.stat(part).isDirectory()) {
                Files.createDirectories(place);
            } else if (!Files.exists(place)) {
                Files.createFile(place);
            }
            MountCalls.host().moveMount(clone, place.toString());
            return place;
        } catch (SyscallException e) {
            if (e.errno() == Errno.EXDEV) {
                throw new Failure(
                        Failure.Kind.INVALID,
                        "path concatenation escapes the base directory, base: %s %s, subpath: %s"
                                .formatted(mount.point().type(), mount.point().name(), mount.subpath()),
                        e);
            }
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR || e.errno() == Errno.ELOOP) {
                throw new Failure(
                        Failure.Kind.INVALID,
                        "cannot access path %s in %s %s: %s"
                                .formatted(
                                        mount.subpath(),
                                        mount.point().type(),
                                        mount.point().name(),
                                        e.errno().message()),
                        e);
            }
            throw e;
        }
    }

    /** A mount's files, opened while the container does not run; closing it ends that. */
    public interface Opened extends AutoCloseable {
        Fd root();

        @Override
        void close();
    }

    /** Opens a folder that is mounted in a container which does not run; empty for what is no folder. */
    public Optional<Opened> open(Container container, PlannedMount mount) throws IOException {
        MountPoint point = mount.point();
        return switch (point.type()) {
            case "volume" -> {
                String user = "files-" + container.id();
                Path volume = Path.of(volumes.uses().attach(point.name(), user));
                yield opened(volume, mount.subpath(), () -> volumes.uses().detach(point.name(), user));
            }
            case "image" -> {
                long before = container.definition().mounts().stream()
                        .takeWhile(other -> !other.equals(mount))
                        .filter(other -> other.point().type().equals("image"))
                        .count();
                Tree tree = machine.parts().snapshotter().open(imageKey(container.id(), (int) before));
                yield opened(Path.of(tree.root().procPath()), mount.subpath(), tree::close);
            }
            default ->
                Files.isDirectory(Path.of(point.source()))
                        ? opened(Path.of(point.source()), "", () -> {})
                        : Optional.empty();
        };
    }

    private static Optional<Opened> opened(Path folder, String subpath, Runnable end) throws IOException {
        FileCalls files = FileCalls.host();
        boolean done = false;
        try (Fd whole = files.open(folder.toString(), OpenFlag.PATH | OpenFlag.DIRECTORY)) {
            Fd part = files.openat2(
                    whole, subpath.isEmpty() ? "." : subpath, OpenFlag.PATH | OpenFlag.DIRECTORY, 0, Resolve.WITHIN);
            done = true;
            return Optional.of(new Opened() {
                @Override
                public Fd root() {
                    return part;
                }

                @Override
                public void close() {
                    part.close();
                    end.run();
                }
            });
        } finally {
            if (!done) {
                end.run();
            }
        }
    }

    /** Takes away what was made ready. Nothing is ever deleted through a mount. */
    void release(Container container) {
        try {
            Path folder = places.resolve(container.id());
            if (Files.isDirectory(folder)) {
                LocalMount.unmountAll(folder);
                for (Path child : Remover.children(folder)) {
                    Files.deleteIfExists(child);
                }
                Files.deleteIfExists(folder);
            }
        } catch (IOException e) {
            LOG.warn("mounts of the last run of container {} stay behind", container.id(), e);
        }
        Set<String> names = new LinkedHashSet<>();
        container.definition().mounts().stream()
                .map(PlannedMount::point)
                .filter(point -> point.type().equals("volume"))
                .forEach(point -> names.add(point.name()));
        names.forEach(name -> volumes.uses().detach(name, container.id()));
    }
}
