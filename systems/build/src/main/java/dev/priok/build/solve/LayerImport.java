package dev.priok.build.solve;

import dev.priok.archive.Compression;
import dev.priok.archive.ReadAhead;
import dev.priok.build.exchange.ImportedCache;
import dev.priok.core.Failure;
import dev.priok.core.Leases.Lease;
import dev.priok.oci.image.ChainId;
import dev.priok.snapshot.LayerIntake;
import dev.priok.snapshot.Snapshotter;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Brings the layers of a chain from the caches that know them, several at once; all of them appear together. */
final class LayerImport {
    /** As many as docker fetches of an image at once. */
    private static final int AT_ONCE = 3;

    private static final int BUFFER_BYTES = 256 << 10;

    private final Snapshotter snapshots;
    private final ImportedCache imported;
    private final Lease lease;

    LayerImport(Snapshotter snapshots, ImportedCache imported, Lease lease) {
        this.snapshots = snapshots;
        this.imported = imported;
        this.lease = lease;
    }

    /**
     * Makes a chain whole.
     *
     * @throws Lost when a layer cannot be had although a cache promised it
     */
    void bring(ChainId chain) throws IOException {
        List<ImportedCache.Layer> missing = new ArrayList<>();
        ChainId id = chain;
        while (!id.isScratch() && snapshots.layer(id).isEmpty()) {
            ChainId wanted = id;
            ImportedCache.Layer layer = imported.layer(id)
                    .orElseThrow(() -> new Lost("layer %s is neither here nor in a cache".formatted(wanted), null));
            missing.addFirst(layer);
            id = layer.parent();
        }
        if (missing.isEmpty()) {
            return;
        }
        // Unpacking makes system calls that depend on the thread.
        try (LayerIntake intake = snapshots.intake();
                ExecutorService pool = Executors.newFixedThreadPool(
                        Math.min(AT_ONCE, missing.size()),
                        Thread.ofPlatform().name("cache-import-", 0).daemon().factory())) {
            List<Future<LayerIntake.Unpacked>> running = missing.stream()
                    .map(layer -> pool.submit(() -> unpack(layer, intake)))
                    .toList();
            List<LayerIntake.Unpacked> unpacked = new ArrayList<>();
            try {
                for (Future<LayerIntake.Unpacked> one : running) {
                    unpacked.add(one.get());
                }
            } catch (ExecutionException | InterruptedException e) {
                pool.shutdownNow();
                if (e instanceof InterruptedException) {
                    Thread.currentThread().interrupt();
                }
                Throwable cause = e.getCause() == null ? e : e.getCause();
                throw new Lost("a layer of an imported cache cannot be had: " + cause.getMessage(), cause);
            }
            intake.commit(id, unpacked, lease);
        }
    }

    private static LayerIntake.Unpacked unpack(ImportedCache.Layer layer, LayerIntake intake) throws IOException {
        try (InputStream blob = new BufferedInputStream(layer.place().open(layer.blob()), BUFFER_BYTES);
                InputStream tar = new ReadAhead(Compression.decompress(blob))) {
            LayerIntake.Unpacked unpacked = intake.unpack(tar);
            if (!unpacked.diffId().equals(layer.diffId())) {
                throw Failure.invalid(
                        "blob %s in %s holds layer %s and not %s",
                        layer.blob().digest(), layer.place().name(), unpacked.diffId(), layer.diffId());
            }
            return unpacked;
        }
    }

    /** A cache promised what it does not have. */
    static final class Lost extends IOException {
        @java.io.Serial
        private static final long serialVersionUID = 1;

        Lost(String message, @org.jspecify.annotations.Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
