package dev.priok.image.internal;

import dev.priok.content.Blob;
import dev.priok.content.ContentStore;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.ImageReference;
import dev.priok.core.Leases.Lease;
import dev.priok.image.Image;
import dev.priok.image.Loaded;
import dev.priok.image.NewImage;
import dev.priok.oci.image.ChainId;
import dev.priok.oci.image.Descriptor;
import dev.priok.oci.image.ImageConfig;
import dev.priok.snapshot.LayerIntake;
import dev.priok.snapshot.LayerIntake.Unpacked;
import dev.priok.snapshot.Snapshotter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Makes images of a configuration and layers that are blobs already: unpacks what is not there yet, several layers at a time. */
final class LoadedImages {
    /** A configuration with thousands of history entries. */
    private static final int MAXIMUM_CONFIG_BYTES = 8 << 20;
    /** Unpacking is disk work next to one decompressing thread each; more at a time only fight for the disk. */
    private static final int MAXIMUM_AT_ONCE = 3;

    private final SqliteImageStore store;
    private final ContentStore content;
    private final Snapshotter snapshotter;
    private final LayerBlobs blobs;
    private final Lease lease;
    private final Consumer<String> progress;

    LoadedImages(
            SqliteImageStore store,
            ContentStore content,
            Snapshotter snapshotter,
            LayerBlobs blobs,
            Lease lease,
            Consumer<String> progress) {
        this.store = store;
        this.content = content;
        this.snapshotter = snapshotter;
        this.blobs = blobs;
        this.lease = lease;
        this.progress = progress;
    }

    /** Adds one image; its layers are blobs, lowest first. */
    Loaded add(Blob configBlob, List<Blob> layers, List<ImageReference> names) throws IOException {
        String json = new String(content.read(configBlob.digest(), MAXIMUM_CONFIG_BYTES), StandardCharsets.UTF_8);
        if (!Digest.sha256(json.getBytes(StandardCharsets.UTF_8)).equals(configBlob.digest())) {
            throw Failure.invalid("configuration %s is not UTF-8", configBlob.digest());
        }
        ImageConfig config = ImageRow.read(json);
        List<Digest> diffIds = config.rootfs().parsedDiffIds();
        if (diffIds.size() != layers.size()) {
            throw Failure.invalid(
                    "invalid manifest, layers length mismatch: expected %d, got %d", diffIds.size(), layers.size());
        }
        Map<Digest, Descriptor> kept = unpack(diffIds, layers);
        NewImage image = new NewImage(json, names, List.of(), Optional.empty(), Optional.empty(), kept);
        Map<ImageReference, Digest> before = others(names, configBlob.digest());
        return new Loaded(store.create(image, lease).id(), names, before);
    }

    /** Which other images have these names now. */
    private Map<ImageReference, Digest> others(List<ImageReference> names, Digest image) {
        if (names.isEmpty()) {
            return Map.of();
        }
        Map<ImageReference, Digest> others = new HashMap<>();
        for (Image known : store.list()) {
            for (ImageReference name : known.tags()) {
                if (names.contains(name) && !known.id().equals(image)) {
                    others.put(name, known.id());
                }
            }
        }
        return others;
    }

    /** Unpacks the layers above those that are there, and tells which blobs to keep. */
    private Map<Digest, Descriptor> unpack(List<Digest> diffIds, List<Blob> layers) throws IOException {
        List<ChainId> chains = ChainId.prefixes(diffIds);
        int there = 0;
        while (there < chains.size() && isThere(chains.get(there))) {
            there++;
        }
        if (there == chains.size()) {
            return Map.of();
        }
        try (LayerIntake intake = snapshotter.intake()) {
            List<Unpacked> unpacked = unpackAll(intake, layers.subList(there, layers.size()));
            for (int i = 0; i < unpacked.size(); i++) {
                Digest promised = diffIds.get(there + i);
                if (!unpacked.get(i).diffId().equals(promised)) {
                    throw Failure.invalid(
                            "invalid diffID for layer %d: expected \"%s\", got \"%s\"",
                            there + i, promised, unpacked.get(i).diffId());
                }
            }
            intake.commit(there == 0 ? ChainId.SCRATCH : chains.get(there - 1), unpacked, lease);
        }
        Map<Digest, Descriptor> kept = new HashMap<>();
        for (int i = there; i < chains.size(); i++) {
            Blob blob = layers.get(i);
            Descriptor descriptor = new Descriptor(blobs.mediaType(blob.digest()), blob.digest(), blob.size());
            if (blobs.mustKeep(descriptor, chains.get(i))) {
                kept.put(diffIds.get(i), descriptor);
            }
        }
        return kept;
    }

    private boolean isThere(ChainId chain) {
        chain.digest().ifPresent(lease::protect);
        return snapshotter.layer(chain).isPresent();
    }

    private List<Unpacked> unpackAll(LayerIntake intake, List<Blob> layers) throws IOException {
        List<Unpacked> unpacked = new ArrayList<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(
                Math.min(MAXIMUM_AT_ONCE, layers.size()),
                Thread.ofPlatform().name("unpack-", 0).daemon().factory())) {
            List<Future<Unpacked>> running = new ArrayList<>();
            for (Blob layer : layers) {
                running.add(pool.submit(() -> unpack(intake, layer)));
            }
            try {
                for (Future<Unpacked> one : running) {
                    unpacked.add(one.get());
                }
            } catch (ExecutionException e) {
                pool.shutdownNow();
                if (e.getCause() instanceof Failure failure) {
                    throw failure;
                }
                throw new IOException("unpacking a layer failed: " + e.getCause(), e);
            } catch (InterruptedException e) {
                pool.shutdownNow();
                Thread.currentThread().interrupt();
                InterruptedIOException interrupted = new InterruptedIOException("interrupted while unpacking");
                interrupted.initCause(e);
                throw interrupted;
            }
        }
        return unpacked;
    }

    private Unpacked unpack(LayerIntake intake, Blob layer) throws IOException {
        progress.accept("Loading layer " + layer.digest().shortHex());
        try (InputStream tar = blobs.open(layer.digest())) {
            return intake.unpack(tar);
        }
    }
}
