package dev.priok.build.solve;

import dev.priok.archive.Compression;
import dev.priok.archive.ReadAhead;
import dev.priok.build.exchange.ImportedCache;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.Leases.Lease;
import dev.priok.oci.image.ChainId;
import dev.priok.snapshot.Layer;
import dev.priok.snapshot.LayerIntake;
import dev.priok.snapshot.Snapshotter;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Brings the layers of a chain from the caches that know them, several at once, or from where they are without the layers below;
 * all of them appear together.
 */
final class LayerImport {
    /** As many as docker fetches of an image at once. */
    private static final int AT_ONCE = 3;

    private static final int BUFFER_BYTES = 256 << 10;

    private final Snapshotter snapshots;
    private final ImportedCache imported;
    private final Map<ChainId, Linked> linked;
    private final Lease lease;

    /** A layer that was made on nothing, as it is to be on top of others. */
    record Linked(ChainId below, Digest diffId) {}

    /** A layer to be put on top of others, and how its files are had. */
    private record Missing(ChainId below, Source source) {}

    private interface Source {
        LayerIntake.Unpacked take(LayerIntake intake) throws IOException;
    }

    /**
     * Brings layers of one build.
     *
     * @param linked layers that may be put on top of others, by what the whole chain is called then
     */
    LayerImport(Snapshotter snapshots, ImportedCache imported, Map<ChainId, Linked> linked, Lease lease) {
        this.snapshots = snapshots;
        this.imported = imported;
        this.linked = linked;
        this.lease = lease;
    }

    /**
     * Makes a chain whole.
     *
     * @throws Lost when a layer cannot be had although a cache promised it
     */
    void bring(ChainId chain) throws IOException {
        List<Missing> missing = new ArrayList<>();
        ChainId id = chain;
        while (!id.isScratch() && snapshots.layer(id).isEmpty()) {
            Missing layer = missing(id);
            missing.addFirst(layer);
            id = layer.below();
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
                    .map(layer -> pool.submit(() -> layer.source().take(intake)))
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

    private Missing missing(ChainId id) throws IOException {
        Linked link = linked.get(id);
        if (link != null && !link.below().isScratch()) {
            ChainId alone = ChainId.SCRATCH.with(link.diffId());
            if (imported.layer(alone).isPresent()) {
                bring(alone);
            }
            Optional<Layer> here = snapshots.layer(alone);
            if (here.isPresent()) {
                return new Missing(link.below(), intake -> intake.share(here.get()));
            }
        }
        ImportedCache.Layer layer = imported.layer(id)
                .orElseThrow(() -> new Lost("layer %s is neither here nor in a cache".formatted(id), null));
        return new Missing(layer.parent(), intake -> unpack(layer, intake));
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
