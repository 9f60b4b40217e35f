package dev.priok.snapshot.internal;

import dev.priok.core.Failure;
import dev.priok.core.Leases.Lease;
import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.SyscallException;
import dev.priok.oci.image.ChainId;
import dev.priok.snapshot.Layer;
import dev.priok.snapshot.LayerIntake;
import dev.priok.snapshot.internal.Catalog.LayerRow;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Layers unpacked in {@code incoming/} until all of them are moved to their places. */
final class OverlayIntake implements LayerIntake {
    private final OverlaySnapshotter snapshotter;
    private final Places places;
    private final Map<String, Waiting> waiting = new ConcurrentHashMap<>();

    private record Waiting(long number, Path folder, LayerUnpacker.Result result) {}

    OverlayIntake(OverlaySnapshotter snapshotter, Places places) {
        this.snapshotter = snapshotter;
        this.places = places;
    }

    @Override
    public Unpacked unpack(InputStream tar) throws IOException {
        long number = places.nextNumber();
        Path folder = places.incoming(number);
        Files.createDirectories(folder.resolve("fs"));
        boolean done = false;
        try (Fd root = FileCalls.host().open(folder.resolve("fs").toString(), OpenFlag.RDONLY | OpenFlag.DIRECTORY)) {
            FileCalls.host().chmod(root, 0755);
            LayerUnpacker.Result result = new LayerUnpacker().unpack(tar, root);
            String token = Long.toString(number);
            waiting.put(token, new Waiting(number, folder, result));
            done = true;
            return new Unpacked(result.diffId(), result.size(), result.inodes(), result.tarSize(), token);
        } finally {
            if (!done) {
                places.discard(folder);
            }
        }
    }

    @Override
    public Unpacked share(Layer layer) throws IOException {
        if (!layer.parent().isScratch()) {
            throw Failure.invalid("layer %s stands on others", layer.chainId());
        }
        try {
            return linked(layer);
        } catch (SyscallException e) {
            // ext4 gives a file 65,000 names at most: the next is a copy.
            if (e.errno() != Errno.EMLINK) {
                throw e;
            }
            return TarPipe.through(out -> snapshotter.writeLayer(layer.chainId(), out), this::unpack);
        }
    }

    private Unpacked linked(Layer layer) throws IOException {
        long number = places.nextNumber();
        Path folder = places.incoming(number);
        Files.createDirectories(folder.resolve("fs"));
        boolean done = false;
        FileCalls files = FileCalls.host();
        try (Fd from = files.open(layer.folder().toString(), OpenFlag.RDONLY | OpenFlag.DIRECTORY);
                Fd into = files.open(folder.resolve("fs").toString(), OpenFlag.RDONLY | OpenFlag.DIRECTORY)) {
            files.chmod(into, 0755);
            if (!new SharedFiles().share(from, into)) {
                throw Failure.invalid("layer %s hides something although it stands on nothing", layer.chainId());
            }
            // Its root is no part of a layer's tar: it has the attributes of the one below.
            LayerUnpacker.Result result = new LayerUnpacker.Result(
                    layer.diffId(), layer.size(), layer.inodes(), layer.tarSize(), Set.of(""), false);
            String token = Long.toString(number);
            waiting.put(token, new Waiting(number, folder, result));
            done = true;
            return new Unpacked(layer.diffId(), layer.size(), layer.inodes(), layer.tarSize(), token);
        } finally {
            if (!done) {
                places.discard(folder);
            }
        }
    }

    @Override
    public List<Layer> commit(ChainId parent, List<Unpacked> layers, Lease lease) throws IOException {
        List<LayerRow> rows = complete(parent, layers, lease, "");
        snapshotter.sync();
        return added(rows);
    }

    @Override
    public List<Layer> commitSoon(ChainId parent, List<Unpacked> layers, Lease lease) throws IOException {
        List<Layer> added = added(complete(parent, layers, lease, snapshotter.boot()));
        snapshotter.flushSoon();
        return added;
    }

    /** Fills what the layers inherit from those below them; {@code boot} is empty for layers that will be on disk when they are added. */
    private List<LayerRow> complete(ChainId parent, List<Unpacked> layers, Lease lease, String boot)
            throws IOException {
        List<LayerRow> rows = new ArrayList<>();
        List<Path> higher = new ArrayList<>();
        ChainId chain = parent;
        for (Unpacked unpacked : layers) {
            Waiting layer = waiting.get(unpacked.token());
            if (layer == null) {
                throw new IllegalArgumentException("not unpacked here: " + unpacked.token());
            }
            Path folder = layer.folder().resolve("fs");
            try (InheritedFolders inherited =
                    new InheritedFolders(folder, layer.result(), next(higher, parent), below(higher, parent))) {
                inherited.fill();
            }
            ChainId below = chain;
            chain = chain.with(unpacked.diffId());
            chain.digest().ifPresent(lease::protect);
            rows.add(new LayerRow(
                    layer.number(),
                    chain,
                    below,
                    unpacked.diffId(),
                    unpacked.size(),
                    unpacked.inodes(),
                    unpacked.tarSize(),
                    boot));
            higher.addFirst(folder);
        }
        return rows;
    }

    private List<Layer> added(List<LayerRow> rows) throws IOException {
        Map<Long, Path> folders = new HashMap<>();
        waiting.values().forEach(layer -> folders.put(layer.number(), layer.folder()));
        List<Layer> added = snapshotter.add(rows, folders);
        discardRest();
        return added;
    }

    private Optional<Path> next(List<Path> higher, ChainId parent) {
        return higher.isEmpty() ? snapshotter.layer(parent).map(Layer::folder) : Optional.of(higher.getFirst());
    }

    private LayerMarks.Below below(List<Path> higher, ChainId parent) {
        List<Path> folders = List.copyOf(higher);
        return () -> snapshotter.open(folders, parent);
    }

    private void discardRest() throws IOException {
        for (Waiting layer : waiting.values()) {
            if (Files.exists(layer.folder())) {
                places.discard(layer.folder());
            }
        }
        waiting.clear();
    }

    @Override
    public void close() throws IOException {
        discardRest();
    }
}
