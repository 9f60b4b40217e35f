package dev.priok.snapshot.internal;

import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.Leases;
import dev.priok.core.Leases.Lease;
import dev.priok.database.Database;
import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.FileStat;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.SyscallException;
import dev.priok.oci.image.ChainId;
import dev.priok.snapshot.Change;
import dev.priok.snapshot.Layer;
import dev.priok.snapshot.LayerIntake;
import dev.priok.snapshot.Mount;
import dev.priok.snapshot.Snapshot;
import dev.priok.snapshot.Snapshotter;
import dev.priok.snapshot.Tree;
import dev.priok.snapshot.Usage;
import dev.priok.snapshot.internal.Catalog.ActiveRow;
import dev.priok.snapshot.internal.Catalog.LayerRow;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Layers and snapshots as folders of one file system, merged by overlayfs. */
public final class OverlaySnapshotter implements Snapshotter {
    private static final Pattern KEY = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}");
    /** The kernel's limit on the layers of an overlay (OVL_MAX_STACK, fs/overlayfs). */
    private static final int MAXIMUM_LAYERS = 500;

    private final FileCalls files = FileCalls.host();
    private final Places places;
    private final MountPlans plans;
    private final OverlayMounts mounts;
    private final Leases leases;
    private final String boot;
    private final Registry registry;
    private final Flusher flusher;

    /**
     * Opens the folder, which nobody else may use.
     *
     * @param leases shared with whoever protects layers, by the digests of their chain ids
     */
    public OverlaySnapshotter(Path root, Database database, Leases leases) throws IOException {
        this.places = new Places(root);
        this.plans = new MountPlans(places);
        this.mounts = new OverlayMounts(places.mountPoint());
        this.leases = leases;
        this.boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        this.registry = new Registry(database, boot);
        this.flusher = new Flusher(places.root(), registry);
        registry.dropActives(number -> Files.exists(places.active(number)));
        Set<Long> layers = registry.layerNumbers();
        Set<Long> actives = registry.activeNumbers();
        layers.forEach(places::taken);
        actives.forEach(places::taken);
        places.tidy(layers::contains, actives::contains);
        if (OverlayForm.isRoot()) {
            probe();
        }
    }

    /** Says at once, and not at the first container, that this file system does not do: another overlay, NFS, FAT. */
    private void probe() throws IOException {
        ActiveRow row = new ActiveRow("probe", places.nextNumber(), ChainId.SCRATCH, Snapshot.Kind.VOLATILE, 0);
        Path folder = places.active(row.id());
        Files.createDirectories(folder.resolve("work"));
        Files.createDirectory(folder.resolve("fs"));
        try (Tree tree = mounts.open(plans.of(row, List.of()))) {
            files.mkdir(tree.root(), "probe", 0755);
        } catch (IOException e) {
            throw Failure.internal(
                    e, "overlay cannot write on the file system of %s; choose another data root", places.root());
        } finally {
            places.discard(folder);
        }
    }

    @Override
    public Optional<Layer> layer(ChainId chain) {
        return registry.layer(chain).map(this::layer);
    }

    private Layer layer(LayerRow row) {
        return new Layer(
                row.chain(),
                row.parent(),
                row.diffId(),
                row.size(),
                row.inodes(),
                row.tarSize(),
                places.layer(row.id()).resolve("fs"));
    }

    @Override
    public List<Layer> chain(ChainId chain) {
        return registry.chain(chain).stream().map(this::layer).toList();
    }

    @Override
    public List<Layer> layers() {
        return registry.layers().stream().map(this::layer).toList();
    }

    @Override
    public LayerIntake intake() {
        return new OverlayIntake(this, places);
    }

    @Override
    public Snapshot prepare(String key, ChainId parent, Snapshot.Kind kind, OptionalLong bytes) throws IOException {
        if (!KEY.matcher(key).matches()) {
            throw Failure.invalid("invalid name of a snapshot: %s", key);
        }
        List<LayerRow> below = registry.chain(parent);
        if (below.size() >= MAXIMUM_LAYERS) {
            throw Failure.invalid("max depth exceeded: %d layers", below.size());
        }
        ActiveRow row = new ActiveRow(key, places.nextNumber(), parent, kind, bytes.orElse(0));
        Path folder = places.active(row.id());
        Files.createDirectory(folder);
        boolean added = false;
        try {
            if (kind != Snapshot.Kind.VIEW) {
                if (bytes.isPresent()) {
                    Bounds.make(folder, bytes.getAsLong());
                }
                Path written = bytes.isPresent() ? Bounds.place(folder) : folder;
                Files.createDirectory(written.resolve("work"));
                Files.createDirectory(written.resolve("fs"));
                inheritRoot(below, written.resolve("fs"));
            }
            registry.add(row);
            added = true;
        } finally {
            if (!added) {
                places.discard(folder);
            }
        }
        return snapshot(row, below);
    }

    /** The merged root is the uppermost one: it takes over the attributes of the one below. */
    private void inheritRoot(List<LayerRow> below, Path folder) throws IOException {
        try (Fd root = files.open(folder.toString(), OpenFlag.RDONLY | OpenFlag.DIRECTORY)) {
            if (below.isEmpty()) {
                files.chmod(root, 0755);
                return;
            }
            Path lower = places.shortLink(below.getLast().id());
            try (Fd fd = files.open(lower.toString(), OpenFlag.PATH | OpenFlag.DIRECTORY)) {
                FileStat stat = files.stat(fd);
                if (OverlayForm.isRoot()) {
                    files.chown(root, stat.uid(), stat.gid());
                }
                files.chmod(root, stat.permissions());
                files.setTimes(root, stat.modifiedSeconds(), stat.modifiedNanos());
            }
        }
    }

    private Snapshot snapshot(ActiveRow row, List<LayerRow> below) throws IOException {
        return new Snapshot(row.key(), row.parent(), row.kind(), List.of(plans.of(row, below)));
    }

    @Override
    public Optional<Snapshot> find(String key) {
        return registry.active(key).map(this::described);
    }

    private Snapshot described(ActiveRow row) {
        try {
            return snapshot(row, registry.chain(row.parent()));
        } catch (IOException e) {
            throw Failure.internal(e, "snapshot %s cannot be described", row.key());
        }
    }

    @Override
    public Optional<Snapshot> ready(String key) throws IOException {
        Optional<ActiveRow> row = registry.active(key);
        if (row.isPresent()) {
            places.use(row.get());
        }
        return find(key);
    }

    private ActiveRow known(String key) throws IOException {
        ActiveRow row = registry.active(key).orElseThrow(() -> Failure.notFound("snapshot %s: not found", key));
        places.use(row);
        return row;
    }

    private ActiveRow writable(String key) throws IOException {
        ActiveRow row = known(key);
        if (row.kind() == Snapshot.Kind.VIEW) {
            throw Failure.invalid("snapshot %s is read only", key);
        }
        return row;
    }

    private Path written(ActiveRow row) {
        return places.folder(row).resolve("fs");
    }

    @Override
    public List<Snapshot> snapshots() {
        return registry.actives().stream().map(this::described).toList();
    }

    @Override
    public Layer commit(String key, OptionalLong latest, Lease lease) throws IOException {
        ActiveRow row = writable(key);
        if (row.bound() > 0) {
            throw Failure.invalid("snapshot %s has a bound and can only be copied", key);
        }
        LayerTars.Written tar =
                LayerTars.write(written(row), () -> open(row.parent()), latest, OutputStream.nullOutputStream());
        ChainId chain = row.parent().with(tar.diffId());
        chain.digest().ifPresent(lease::protect);
        LayerRow fresh = new LayerRow(
                row.id(),
                chain,
                row.parent(),
                tar.diffId(),
                tar.usage().bytes(),
                tar.usage().inodes(),
                tar.tarSize(),
                boot);
        return layer(replace(row, fresh));
    }

    @Override
    public Optional<Layer> commitAs(String key, ChainId same, Lease lease) throws IOException {
        ActiveRow row = writable(key);
        Optional<LayerRow> other = registry.layer(same);
        if (row.bound() > 0 || other.isEmpty()) {
            return Optional.empty();
        }
        try (Fd from = files.open(
                        places.layer(other.get().id()).resolve("fs").toString(), OpenFlag.RDONLY | OpenFlag.DIRECTORY);
                Fd into = files.open(written(row).toString(), OpenFlag.RDONLY | OpenFlag.DIRECTORY)) {
            if (!new SharedFiles().share(from, into)) {
                return Optional.empty();
            }
        } catch (SyscallException e) {
            // ext4 gives a file 65,000 names at most.
            if (e.errno() != Errno.EMLINK) {
                throw e;
            }
            return Optional.empty();
        }
        ChainId chain = row.parent().with(other.get().diffId());
        chain.digest().ifPresent(lease::protect);
        LayerRow fresh = new LayerRow(
                row.id(),
                chain,
                row.parent(),
                other.get().diffId(),
                other.get().size(),
                other.get().inodes(),
                other.get().tarSize(),
                boot);
        return Optional.of(layer(replace(row, fresh)));
    }

    private LayerRow replace(ActiveRow row, LayerRow fresh) throws IOException {
        LayerRow layer = registry.replace(row, fresh, moveOf(row));
        places.discard(places.active(row.id()));
        flusher.flushSoon();
        return layer;
    }

    /** From the snapshot's folder to the layer's of the same number. */
    private Registry.Move moveOf(ActiveRow row) {
        Path place = places.layer(row.id());
        return new Registry.Move() {
            @Override
            public void run() throws IOException {
                Files.createDirectory(place);
                Files.move(written(row), place.resolve("fs"), StandardCopyOption.ATOMIC_MOVE);
                places.link(row.id());
            }

            @Override
            public void undo() throws IOException {
                Files.deleteIfExists(places.shortLink(row.id()));
                if (Files.exists(place.resolve("fs"))) {
                    Files.move(place.resolve("fs"), written(row), StandardCopyOption.ATOMIC_MOVE);
                }
                Files.deleteIfExists(place);
            }
        };
    }

    private LayerTars.Written writeTar(Path folder, ChainId parent, OutputStream out) throws IOException {
        return LayerTars.write(folder, () -> open(parent), OptionalLong.empty(), out);
    }

    @Override
    public Layer copy(String key, Lease lease) throws IOException {
        ActiveRow row = writable(key);
        try (OverlayIntake intake = new OverlayIntake(this, places)) {
            LayerIntake.Unpacked unpacked =
                    TarPipe.through(out -> writeTar(written(row), row.parent(), out), intake::unpack);
            return intake.commit(row.parent(), List.of(unpacked), lease).getFirst();
        }
    }

    @Override
    public void remove(String key) throws IOException {
        Optional<ActiveRow> row = registry.active(key);
        if (row.isPresent()) {
            // Files first: on a full disk they are what makes room for the row's end.
            places.discard(places.active(row.get().id()));
            registry.remove(key);
        }
    }

    @Override
    public Usage usage(String key) throws IOException {
        ActiveRow row = known(key);
        return row.kind() == Snapshot.Kind.VIEW ? Usage.NONE : TreeUsage.of(written(row));
    }

    @Override
    public Tree open(String key) throws IOException {
        return open(key, List.of());
    }

    @Override
    public Tree open(String key, List<Path> between) throws IOException {
        ActiveRow row = known(key);
        Mount mount = plans.of(row, registry.chain(row.parent()));
        return mounts.open(between.isEmpty() ? mount : mount.withLowers(between));
    }

    @Override
    public Tree open(ChainId chain) throws IOException {
        return mounts.open(plans.view(plans.lowers(registry.chain(chain))));
    }

    /** The merged tree of folders that are not layers yet over a chain; highest first. */
    Tree open(List<Path> folders, ChainId chain) throws IOException {
        List<String> all = new ArrayList<>(folders.stream().map(Path::toString).toList());
        all.addAll(plans.lowers(registry.chain(chain)));
        return mounts.open(plans.view(all));
    }

    @Override
    public List<Change> changes(String key) throws IOException {
        ActiveRow row = known(key);
        if (row.kind() == Snapshot.Kind.VIEW) {
            return List.of();
        }
        try (Fd root = files.open(written(row).toString(), OpenFlag.RDONLY | OpenFlag.DIRECTORY);
                Tree below = open(row.parent())) {
            return new ChangeWalk(below.root()).of(root);
        }
    }

    @Override
    public void writeDiff(String key, OutputStream out) throws IOException {
        ActiveRow row = writable(key);
        writeTar(written(row), row.parent(), out);
    }

    @Override
    public void writeLayer(ChainId chain, OutputStream out) throws IOException {
        LayerRow row = registry.layer(chain).orElseThrow(() -> Failure.notFound("layer %s: not found", chain));
        Digest written = writeTar(places.layer(row.id()).resolve("fs"), row.parent(), out)
                .diffId();
        if (!written.equals(row.diffId())) {
            throw Failure.invalid("layer %s cannot be written again: its tar would be %s", row.diffId(), written);
        }
    }

    @Override
    public void makeDurable(ChainId chain) throws IOException {
        flusher.flush(registry.chain(chain));
    }

    /** Flushes the whole file system. */
    void sync() throws IOException {
        flusher.sync();
    }

    /** Flushes the whole file system in a moment. */
    void flushSoon() {
        flusher.flushSoon();
    }

    /** The host's boot. */
    String boot() {
        return boot;
    }

    /** Adds layers whose folders are complete, all at once; those that exist already are left as they are. */
    List<Layer> add(List<LayerRow> rows, Map<Long, Path> folders) throws IOException {
        Registry.Mover mover = new Registry.Mover() {
            @Override
            public void move(LayerRow row) throws IOException {
                Path from = Optional.ofNullable(folders.get(row.id())).orElseThrow();
                Files.move(from, places.layer(row.id()), StandardCopyOption.ATOMIC_MOVE);
                places.link(row.id());
            }

            @Override
            public void sync() throws IOException {
                places.syncNames();
            }

            @Override
            public void undo(LayerRow row) throws IOException {
                Files.deleteIfExists(places.shortLink(row.id()));
                places.discard(places.layer(row.id()));
            }
        };
        return registry.add(rows, mover).stream().map(this::layer).toList();
    }

    @Override
    public List<Layer> sweep(Supplier<Set<ChainId>> live) throws IOException {
        List<LayerRow> removed;
        try (Leases.Sweep sweep = leases.sweep()) {
            removed = registry.sweep(live.get(), sweep);
        }
        for (LayerRow row : removed) {
            Files.deleteIfExists(places.shortLink(row.id()));
            places.discard(places.layer(row.id()));
        }
        return removed.stream().map(this::layer).toList();
    }

    @Override
    public void close() {
        flusher.close();
        places.close();
    }
}
