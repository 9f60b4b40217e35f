package dev.priok.engine.fakes;

import dev.priok.core.Failure;
import dev.priok.core.Leases.Lease;
import dev.priok.oci.image.ChainId;
import dev.priok.snapshot.Change;
import dev.priok.snapshot.Layer;
import dev.priok.snapshot.LayerIntake;
import dev.priok.snapshot.Mount;
import dev.priok.snapshot.Snapshot;
import dev.priok.snapshot.Snapshotter;
import dev.priok.snapshot.Tree;
import dev.priok.snapshot.Usage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Snapshots that are empty folders. */
public final class FakeSnapshotter implements Snapshotter {
    private final Path folder;
    private final Map<String, Snapshot> snapshots = new ConcurrentHashMap<>();

    public FakeSnapshotter(Path folder) {
        this.folder = folder;
    }

    @Override
    public Optional<Layer> layer(ChainId chain) {
        return Optional.empty();
    }

    /** What happens in the middle of a create. */
    public volatile Runnable beforePrepare = () -> {};

    @Override
    public List<Layer> chain(ChainId chain) {
        return List.of();
    }

    @Override
    public List<Layer> layers() {
        return List.of();
    }

    @Override
    public LayerIntake intake() {
        throw new UnsupportedOperationException("intake");
    }

    @Override
    public Snapshot prepare(String key, ChainId parent, Snapshot.Kind kind, OptionalLong bytes) throws IOException {
        beforePrepare.run();
        Path files = Files.createDirectories(folder.resolve(key));
        Snapshot snapshot =
                new Snapshot(key, parent, kind, List.of(new Mount("bind", files.toString(), List.of("rbind"))));
        if (snapshots.putIfAbsent(key, snapshot) != null) {
            throw Failure.conflict("snapshot %s exists", key);
        }
        return snapshot;
    }

    @Override
    public Optional<Snapshot> find(String key) {
        return Optional.ofNullable(snapshots.get(key));
    }

    @Override
    public Optional<Snapshot> ready(String key) {
        return find(key);
    }

    @Override
    public List<Snapshot> snapshots() {
        return List.copyOf(snapshots.values());
    }

    @Override
    public Optional<Layer> commitAs(String key, ChainId same, Lease lease) {
        throw new UnsupportedOperationException("commitAs");
    }

    @Override
    public Layer commit(String key, OptionalLong latest, Lease lease) {
        throw new UnsupportedOperationException("commit");
    }

    /** Looks at what is there while a layer is copied. */
    public volatile Runnable whileCopying = () -> {};

    @Override
    public Layer copy(String key, Lease lease) {
        whileCopying.run();
        throw new UnsupportedOperationException("copy");
    }

    @Override
    public void remove(String key) {
        snapshots.remove(key);
    }

    @Override
    public Usage usage(String key) {
        return new Usage(100, 1);
    }

    @Override
    public Tree open(String key) {
        throw new UnsupportedOperationException("open");
    }

    @Override
    public Tree open(String key, List<java.nio.file.Path> between) {
        throw new UnsupportedOperationException("open");
    }

    @Override
    public Tree open(ChainId chain) {
        throw new UnsupportedOperationException("open");
    }

    @Override
    public List<Change> changes(String key) {
        return List.of();
    }

    @Override
    public void writeDiff(String key, OutputStream out) {
        throw new UnsupportedOperationException("writeDiff");
    }

    @Override
    public void writeLayer(ChainId chain, OutputStream out) {
        throw new UnsupportedOperationException("writeLayer");
    }

    @Override
    public void makeDurable(ChainId chain) {
        throw new UnsupportedOperationException("makeDurable");
    }

    @Override
    public List<Layer> sweep(Supplier<Set<ChainId>> live) {
        return List.of();
    }

    @Override
    public void close() {
        // Folders are the test's to remove.
    }
}
