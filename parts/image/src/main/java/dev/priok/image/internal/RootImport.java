package dev.priok.image.internal;

import dev.priok.archive.Compression;
import dev.priok.archive.ReadAhead;
import dev.priok.core.Leases.Lease;
import dev.priok.image.ConfigChanges;
import dev.priok.image.Import;
import dev.priok.image.NewImage;
import dev.priok.oci.image.ChainId;
import dev.priok.oci.image.History;
import dev.priok.oci.image.ImageConfig;
import dev.priok.oci.image.RootFs;
import dev.priok.snapshot.Layer;
import dev.priok.snapshot.RootFiles;
import dev.priok.snapshot.Snapshot;
import dev.priok.snapshot.Snapshotter;
import dev.priok.snapshot.Tree;
import dev.priok.snapshot.Unpacking;
import java.io.IOException;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** An image of one layer from the tar of a root file system. The layer is written anew, so no copy of the tar is kept. */
final class RootImport {
    private static final String KEY = "import-";
    private static final AtomicLong NUMBER = new AtomicLong();

    private final Snapshotter snapshotter;
    private final InstantSource clock;

    RootImport(Snapshotter snapshotter, InstantSource clock) {
        this.snapshotter = snapshotter;
        this.clock = clock;
    }

    /** Removes what an import was writing when its daemon was killed. */
    static void removeLeftovers(Snapshotter snapshotter) throws IOException {
        for (Snapshot snapshot : snapshotter.snapshots()) {
            if (snapshot.key().startsWith(KEY)) {
                snapshotter.remove(snapshot.key());
            }
        }
    }

    NewImage read(InputStream tar, Import how, Lease lease) throws IOException {
        ImageConfig plain = ImageConfig.empty(how.platform());
        // Before the long work: a mistake in the instructions should not cost it.
        ImageConfig config = ConfigChanges.apply(plain, how.changes());
        String key = KEY + NUMBER.incrementAndGet();
        snapshotter.prepare(key, ChainId.SCRATCH, Snapshot.Kind.VOLATILE);
        Layer layer;
        try {
            try (Tree tree = snapshotter.open(key);
                    InputStream plainTar = new ReadAhead(Compression.decompress(tar))) {
                RootFiles.unpack(tree.root(), "/", plainTar, Unpacking.AS_IS);
            }
            layer = snapshotter.commit(key, lease);
        } finally {
            snapshotter.remove(key);
        }
        String now = clock.instant().toString();
        ImageConfig image = config.withCreated(now)
                .withComment(how.message())
                .withRootfs(RootFs.of(List.of(layer.diffId())))
                .plusHistory(new History(now, "", "", how.message(), false));
        return NewImage.built(image, how.name().map(List::of).orElse(List.of()));
    }
}
