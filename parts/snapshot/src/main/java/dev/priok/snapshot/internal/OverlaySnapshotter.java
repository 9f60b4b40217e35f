package dev.priok.snapshot.internal;

import dev.priok.archive.TarWriter;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.Leases;
import dev.priok.core.Leases.Lease;
import dev.priok.database.Database;
import dev.priok.database.Durability;
import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.FileStat;
import dev.priok.linux.OpenFlag;
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
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Layers and snapshots as folders of one file system, merged by overlayfs. What exists is in memory and in the database. */
public final class OverlaySnapshotter implements Snapshotter {
    private static final Logger LOG = LoggerFactory.getLogger(OverlaySnapshotter.class);
    private static final Pattern KEY = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}");
    /** The kernel's limit on the layers of an overlay (OVL_MAX_STACK, fs/overlayfs). */
    private static final int MAXIMUM_LAYERS = 500;

    private static final int BUFFER_BYTES = 256 << 10;
    /** Layers are read by their folder alone: nothing may redirect, share inodes or leave data below. */
    private static final List<String> PLAIN = List.of("index=off", "metacopy=off", "redirect_dir=nofollow");

    private final FileCalls files = FileCalls.host();
    private final Places places;
    private final Catalog catalog;
    private final Leases leases;
    private final OverlayMounts mounts;
    private final String boot;
    /** Guards the two maps and the rows behind them; never held while files are read or written. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Map<ChainId, LayerRow> layers = new HashMap<>();
    private final Map<String, ActiveRow> actives = new HashMap<>();

    /**
     * Opens the folder, which nobody else may use.
     *
     * @param leases shared with whoever protects layers, by the digests of their chain ids
     */
    public OverlaySnapshotter(Path root, Database database, Leases leases) throws IOException {
        this.places = new Places(root);
        this.catalog = new Catalog(database);
        this.leases = leases;
        this.mounts = new OverlayMounts(places.mountPoint());
        this.boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        catalog.layers().forEach(row -> layers.put(row.chain(), row));
        catalog.actives().forEach(row -> actives.put(row.key(), row));
        dropUnsynced();
        Set<Long> layerIds = new HashSet<>();
        Set<Long> activeIds = new HashSet<>();
        layers.values().forEach(row -> layerIds.add(row.id()));
        actives.values().forEach(row -> activeIds.add(row.id()));
        layerIds.forEach(places::taken);
        activeIds.forEach(places::taken);
        places.tidy(layerIds::contains, activeIds::contains);
    }

    /** After a crash of the host, layers that were never flushed may hold empty files: they go, with all that stands on them. */
    private void dropUnsynced() {
        List<LayerRow> lost = new ArrayList<>();
        boolean more = true;
        while (more) {
            more = false;
            for (LayerRow row : List.copyOf(layers.values())) {
                boolean broken =
                        !row.unsyncedBoot().isEmpty() && !row.unsyncedBoot().equals(boot);
                boolean hangs = !row.parent().isScratch() && !layers.containsKey(row.parent());
                if (broken || hangs) {
                    layers.remove(row.chain());
                    lost.add(row);
                    more = true;
                }
            }
        }
        if (!lost.isEmpty()) {
            LOG.warn("dropping {} layers that were not on disk when the host went down", lost.size());
            catalog.removeLayers(lost);
        }
    }

    @Override
    public Optional<Layer> layer(ChainId chain) {
        lock.lock();
        try {
            return Optional.ofNullable(layers.get(chain)).map(this::layer);
        } finally {
            lock.unlock();
        }
    }

    private Layer layer(LayerRow row) {
        return new Layer(
                row.chain(),
                row.parent(),
                row.diffId(),
                row.size(),
                row.inodes(),
                places.layer(row.id()).resolve("fs"));
    }

    @Override
    public List<Layer> chain(ChainId chain) {
        return rows(chain).stream().map(this::layer).toList();
    }

    /** The rows of a chain, lowest first. */
    private List<LayerRow> rows(ChainId chain) {
        lock.lock();
        try {
            Deque<LayerRow> rows = new ArrayDeque<>();
            ChainId at = chain;
            while (!at.isScratch()) {
                LayerRow row = layers.get(at);
                if (row == null) {
                    throw Failure.notFound("layer %s: not found", at);
                }
                rows.addFirst(row);
                at = row.parent();
            }
            return List.copyOf(rows);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<Layer> layers() {
        lock.lock();
        try {
            return layers.values().stream().map(this::layer).toList();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public LayerIntake intake() {
        return new OverlayIntake(this, places);
    }

    @Override
    public Snapshot prepare(String key, ChainId parent, Snapshot.Kind kind) throws IOException {
        if (!KEY.matcher(key).matches()) {
            throw Failure.invalid("invalid name of a snapshot: %s", key);
        }
        List<LayerRow> below = rows(parent);
        if (below.size() >= MAXIMUM_LAYERS) {
            throw Failure.invalid("max depth exceeded: %d layers", below.size());
        }
        ActiveRow row = new ActiveRow(key, places.nextNumber(), parent, kind);
        Path folder = places.active(row.id());
        Files.createDirectory(folder);
        if (kind != Snapshot.Kind.VIEW) {
            Files.createDirectory(folder.resolve("work"));
            Files.createDirectory(folder.resolve("fs"));
            copyRoot(below, folder.resolve("fs"));
        }
        boolean added = false;
        lock.lock();
        try {
            // Again under the lock: a sweep may have come between.
            if (!parent.isScratch() && !layers.containsKey(parent)) {
                throw Failure.notFound("layer %s: not found", parent);
            }
            if (actives.containsKey(key)) {
                throw Failure.conflict("snapshot %s: already exists", key);
            }
            catalog.addActive(row);
            actives.put(key, row);
            added = true;
        } finally {
            lock.unlock();
            if (!added) {
                places.discard(folder);
            }
        }
        return snapshot(row, below);
    }

    /** The merged root is the uppermost one: it takes over the attributes of the one below. */
    private void copyRoot(List<LayerRow> below, Path folder) throws IOException {
        try (Fd root = files.open(folder.toString(), OpenFlag.RDONLY | OpenFlag.DIRECTORY)) {
            if (below.isEmpty()) {
                files.chmod(root, 0755);
                return;
            }
            try (Fd lower =
                    files.open(places.shortLink(below.getLast().id()).toString(), OpenFlag.PATH | OpenFlag.DIRECTORY)) {
                copyAttributes(files.stat(lower), root);
            }
        }
    }

    private void copyAttributes(FileStat from, Fd to) throws IOException {
        if (OverlayForm.isRoot()) {
            files.chown(to, from.uid(), from.gid());
        }
        files.chmod(to, from.permissions());
        files.setTimes(to, from.modifiedSeconds(), from.modifiedNanos());
    }

    private Snapshot snapshot(ActiveRow row, List<LayerRow> below) throws IOException {
        return new Snapshot(row.key(), row.parent(), row.kind(), List.of(mount(row, below)));
    }

    private Mount mount(ActiveRow row, List<LayerRow> below) throws IOException {
        if (row.kind() == Snapshot.Kind.VIEW) {
            return view(lowers(below));
        }
        Path folder = places.active(row.id());
        List<String> others = new ArrayList<>();
        others.add("upperdir=" + folder.resolve("fs"));
        others.add("workdir=" + folder.resolve("work"));
        others.addAll(PLAIN);
        if (!OverlayForm.isRoot()) {
            others.add("userxattr");
        }
        if (row.kind() == Snapshot.Kind.VOLATILE) {
            others.add("volatile");
            // Overlay leaves this mark, and refuses to mount again what may have lost writes: ours cannot while this
            // boot lasts.
            forgetVolatile(folder.resolve("work/work"));
        }
        return OverlayMounts.overlay(lowers(below), others);
    }

    private void forgetVolatile(Path work) throws IOException {
        if (Files.exists(work.resolve("incompat"))) {
            try (Fd folder = files.open(work.toString(), OpenFlag.RDONLY | OpenFlag.DIRECTORY)) {
                new TreeRemoval().remove(folder, "incompat");
            }
        }
    }

    /** Overlay wants two folders when none is written. */
    private Mount view(List<String> lowers) {
        if (lowers.equals(List.of(places.empty().toString()))) {
            return new Mount("bind", places.empty().toString(), List.of("ro"));
        }
        List<String> two = new ArrayList<>(lowers);
        if (two.size() == 1) {
            two.add(places.empty().toString());
        }
        List<String> others = new ArrayList<>(PLAIN);
        if (!OverlayForm.isRoot()) {
            others.add("userxattr");
        }
        others.add("ro");
        return OverlayMounts.overlay(two, others);
    }

    /** Short links of a chain's folders, highest first. */
    private List<String> lowers(List<LayerRow> below) {
        List<String> lowers = below.reversed().stream()
                .map(row -> places.shortLink(row.id()).toString())
                .toList();
        return lowers.isEmpty() ? List.of(places.empty().toString()) : lowers;
    }

    @Override
    public Optional<Snapshot> find(String key) {
        return active(key).map(this::described);
    }

    private Snapshot described(ActiveRow row) {
        try {
            return snapshot(row, rows(row.parent()));
        } catch (IOException e) {
            throw Failure.internal(e, "snapshot %s cannot be described", row.key());
        }
    }

    private Optional<ActiveRow> active(String key) {
        lock.lock();
        try {
            return Optional.ofNullable(actives.get(key));
        } finally {
            lock.unlock();
        }
    }

    private ActiveRow known(String key) {
        return active(key).orElseThrow(() -> Failure.notFound("snapshot %s: not found", key));
    }

    private ActiveRow writable(String key) {
        ActiveRow row = known(key);
        if (row.kind() == Snapshot.Kind.VIEW) {
            throw Failure.invalid("snapshot %s is read only", key);
        }
        return row;
    }

    @Override
    public List<Snapshot> snapshots() {
        List<ActiveRow> all;
        lock.lock();
        try {
            all = List.copyOf(actives.values());
        } finally {
            lock.unlock();
        }
        return all.stream().map(this::described).toList();
    }

    @Override
    public Layer commit(String key, Lease lease) throws IOException {
        ActiveRow row = writable(key);
        Path folder = places.active(row.id());
        MessageDigest hash = Digest.newSha256();
        Usage usage = writeTar(
                folder.resolve("fs"), row.parent(), new DigestOutputStream(OutputStream.nullOutputStream(), hash));
        Digest diffId = Digest.of(hash.digest());
        ChainId chain = row.parent().with(diffId);
        chain.digest().ifPresent(lease::protect);
        LayerRow layer = new LayerRow(row.id(), chain, row.parent(), diffId, usage.bytes(), usage.inodes(), boot);
        lock.lock();
        try {
            if (!row.equals(actives.get(key))) {
                throw Failure.notFound("snapshot %s: not found", key);
            }
            LayerRow same = layers.get(chain);
            if (same == null) {
                Path target = places.layer(row.id());
                Files.createDirectory(target);
                Files.move(folder.resolve("fs"), target.resolve("fs"), StandardCopyOption.ATOMIC_MOVE);
                places.link(row.id());
                catalog.replace(row, layer);
                layers.put(chain, layer);
            } else {
                catalog.removeActive(row);
                layer = same;
            }
            actives.remove(key);
        } finally {
            lock.unlock();
        }
        places.discard(folder);
        return layer(layer);
    }

    private Usage writeTar(Path folder, ChainId parent, OutputStream out) throws IOException {
        try (Fd root = files.open(folder.toString(), OpenFlag.RDONLY | OpenFlag.DIRECTORY);
                LayerMarks marks = new LayerMarks(() -> open(parent));
                TarWriter tar = new TarWriter(new BufferedOutputStream(out, BUFFER_BYTES))) {
            TreePacker packer = new TreePacker(tar, marks);
            packer.packContents(root, "");
            return new Usage(packer.bytes(), packer.members());
        }
    }

    @Override
    public Layer copy(String key, Lease lease) throws IOException {
        ActiveRow row = writable(key);
        try (OverlayIntake intake = new OverlayIntake(this, places)) {
            LayerIntake.Unpacked unpacked = TarPipe.through(
                    out -> writeTar(places.active(row.id()).resolve("fs"), row.parent(), out), intake::unpack);
            return intake.commit(row.parent(), List.of(unpacked), lease).getFirst();
        }
    }

    @Override
    public void remove(String key) throws IOException {
        ActiveRow row;
        lock.lock();
        try {
            row = actives.remove(key);
            if (row == null) {
                return;
            }
            catalog.removeActive(row);
        } finally {
            lock.unlock();
        }
        places.discard(places.active(row.id()));
    }

    @Override
    public Usage usage(String key) throws IOException {
        ActiveRow row = known(key);
        return row.kind() == Snapshot.Kind.VIEW
                ? Usage.NONE
                : TreeUsage.of(places.active(row.id()).resolve("fs"));
    }

    @Override
    public Tree open(String key) throws IOException {
        ActiveRow row = known(key);
        return mounts.open(mount(row, rows(row.parent())));
    }

    @Override
    public Tree open(ChainId chain) throws IOException {
        return mounts.open(view(lowers(rows(chain))));
    }

    /** The merged tree of folders that are not layers yet over a chain; highest first. */
    Tree open(List<Path> folders, ChainId chain) throws IOException {
        List<String> all = new ArrayList<>(folders.stream().map(Path::toString).toList());
        all.addAll(lowers(rows(chain)));
        return mounts.open(view(all));
    }

    @Override
    public List<Change> changes(String key) throws IOException {
        ActiveRow row = known(key);
        if (row.kind() == Snapshot.Kind.VIEW) {
            return List.of();
        }
        try (Fd root = files.open(
                        places.active(row.id()).resolve("fs").toString(), OpenFlag.RDONLY | OpenFlag.DIRECTORY);
                Tree below = open(row.parent())) {
            return new ChangeWalk(below.root()).of(root);
        }
    }

    @Override
    public void writeDiff(String key, OutputStream out) throws IOException {
        ActiveRow row = writable(key);
        writeTar(places.active(row.id()).resolve("fs"), row.parent(), out);
    }

    @Override
    public void writeLayer(ChainId chain, OutputStream out) throws IOException {
        LayerRow row = rows(chain).getLast();
        MessageDigest hash = Digest.newSha256();
        writeTar(places.layer(row.id()).resolve("fs"), row.parent(), new DigestOutputStream(out, hash));
        Digest written = Digest.of(hash.digest());
        if (!written.equals(row.diffId())) {
            throw Failure.invalid("layer %s cannot be written again: its tar would be %s", row.diffId(), written);
        }
    }

    @Override
    public void makeDurable(ChainId chain) throws IOException {
        List<LayerRow> unsynced = rows(chain).stream()
                .filter(row -> !row.unsyncedBoot().isEmpty())
                .toList();
        if (unsynced.isEmpty()) {
            return;
        }
        sync();
        lock.lock();
        try {
            catalog.markSynced(unsynced);
            unsynced.forEach(row -> layers.computeIfPresent(row.chain(), (_, now) -> now.synced()));
        } finally {
            lock.unlock();
        }
    }

    /** Flushes the whole file system: one call for all files of all layers. */
    void sync() throws IOException {
        try (Fd root = files.open(places.root().toString(), OpenFlag.RDONLY | OpenFlag.DIRECTORY)) {
            DescriptorCalls.host().syncFileSystem(root);
        }
    }

    /** Adds layers whose folders are complete and flushed, all at once; those that exist already are left as they are. */
    List<Layer> add(List<LayerRow> rows, Map<Long, Path> folders) throws IOException {
        List<Layer> result = new ArrayList<>();
        lock.lock();
        try {
            List<LayerRow> fresh = new ArrayList<>();
            for (LayerRow row : rows) {
                if (!layers.containsKey(row.chain())) {
                    Files.move(folders.get(row.id()), places.layer(row.id()), StandardCopyOption.ATOMIC_MOVE);
                    places.link(row.id());
                    fresh.add(row);
                }
            }
            places.syncNames();
            catalog.addLayers(fresh, Durability.FULL);
            fresh.forEach(row -> layers.put(row.chain(), row));
            for (LayerRow row : rows) {
                result.add(layer(layers.getOrDefault(row.chain(), row)));
            }
        } finally {
            lock.unlock();
        }
        return result;
    }

    @Override
    public List<Layer> sweep(Supplier<Set<ChainId>> live) throws IOException {
        List<LayerRow> removed = new ArrayList<>();
        try (Leases.Sweep sweep = leases.sweep()) {
            Set<ChainId> roots = live.get();
            lock.lock();
            try {
                Map<ChainId, Integer> children = new HashMap<>();
                layers.values().forEach(row -> children.merge(row.parent(), 1, Integer::sum));
                actives.values().forEach(row -> children.merge(row.parent(), 1, Integer::sum));
                Deque<LayerRow> free = new ArrayDeque<>();
                layers.values().stream()
                        .filter(row -> !children.containsKey(row.chain()))
                        .forEach(free::add);
                while (!free.isEmpty()) {
                    LayerRow row = free.remove();
                    Digest digest = row.chain().digest().orElseThrow();
                    if (!roots.contains(row.chain()) && sweep.delete(digest, () -> removed.add(row))) {
                        layers.remove(row.chain());
                        LayerRow parent = layers.get(row.parent());
                        if (children.merge(row.parent(), -1, Integer::sum) == 0 && parent != null) {
                            free.add(parent);
                        }
                    }
                }
                if (!removed.isEmpty()) {
                    catalog.removeLayers(removed);
                }
            } finally {
                lock.unlock();
            }
        }
        List<Layer> result = new ArrayList<>();
        for (LayerRow row : removed) {
            Files.deleteIfExists(places.shortLink(row.id()));
            places.discard(places.layer(row.id()));
            result.add(layer(row));
        }
        return result;
    }

    /** Waits until what was removed is gone from the disk; for tests and an orderly end. */
    public void awaitRemovals() throws InterruptedException {
        places.awaitEmptyTrash();
    }

    @Override
    public void close() {
        places.close();
    }
}
