package dev.priok.image.internal;

import dev.priok.content.Blob;
import dev.priok.content.ContentStore;
import dev.priok.core.Digest;
import dev.priok.core.Durations;
import dev.priok.image.Collected;
import dev.priok.image.CollectionCounts;
import dev.priok.image.Roots;
import dev.priok.oci.image.ChainId;
import dev.priok.snapshot.Layer;
import dev.priok.snapshot.Snapshotter;
import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Mark and sweep: first layers that no image, root, lease or snapshot needs, then blobs that no image, root, lease or layer needs. */
final class Collector {
    private final ContentStore content;
    private final Snapshotter snapshotter;
    private final LayerBlobs blobs;
    /** Two at once would each count what the other removed. */
    private final ReentrantLock turn = new ReentrantLock();

    private final Durations durations = new Durations();
    private final LongAdder givenBack = new LongAdder();

    Collector(ContentStore content, Snapshotter snapshotter, LayerBlobs blobs) {
        this.content = content;
        this.snapshotter = snapshotter;
        this.blobs = blobs;
    }

    CollectionCounts counts() {
        return new CollectionCounts(durations.snapshot(), givenBack.sum());
    }

    Collected collect(Supplier<List<ImageRow>> images, Collection<Supplier<Roots>> roots) throws IOException {
        turn.lock();
        try {
            long begun = System.nanoTime();
            List<Layer> layers = snapshotter.sweep(() -> chains(images, roots));
            List<Blob> gone = content.sweep(() -> digests(images, roots));
            long bytes = layers.stream().mapToLong(Layer::size).sum()
                    + gone.stream().mapToLong(Blob::size).sum();
            durations.add(System.nanoTime() - begun);
            givenBack.add(bytes);
            return new Collected(
                    layers.stream()
                            .map(layer -> layer.chainId().digest().orElseThrow())
                            .toList(),
                    gone.stream().map(Blob::digest).toList(),
                    bytes);
        } finally {
            turn.unlock();
        }
    }

    private static Set<ChainId> chains(Supplier<List<ImageRow>> images, Collection<Supplier<Roots>> roots) {
        Set<ChainId> live = new HashSet<>();
        images.get().forEach(image -> live.add(image.config().chainId()));
        roots.forEach(root -> live.addAll(root.get().chains()));
        return live;
    }

    private Set<Digest> digests(Supplier<List<ImageRow>> images, Collection<Supplier<Roots>> roots) {
        Set<Digest> diffIds = snapshotter.layers().stream().map(Layer::diffId).collect(Collectors.toSet());
        Set<Digest> live = blobs.retain(diffIds);
        for (ImageRow image : images.get()) {
            image.manifest().ifPresent(manifest -> live.add(manifest.parsedDigest()));
            blobs.ofManifest(image).forEach(layer -> live.add(layer.parsedDigest()));
        }
        roots.forEach(root -> live.addAll(root.get().blobs()));
        return live;
    }
}
