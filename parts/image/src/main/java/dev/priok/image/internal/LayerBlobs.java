package dev.priok.image.internal;

import dev.priok.archive.Compression;
import dev.priok.archive.ParallelGzip;
import dev.priok.archive.ReadAhead;
import dev.priok.content.Blob;
import dev.priok.content.ContentStore;
import dev.priok.content.Expected;
import dev.priok.content.Ingest;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.Leases.Lease;
import dev.priok.oci.OciJson;
import dev.priok.oci.image.ChainId;
import dev.priok.oci.image.Descriptor;
import dev.priok.oci.image.Manifest;
import dev.priok.oci.image.MediaTypes;
import dev.priok.snapshot.Layer;
import dev.priok.snapshot.Snapshotter;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The tars of layers: kept as blobs where they came from elsewhere, written again from the unpacked files where not. */
final class LayerBlobs {
    private static final Logger LOG = LoggerFactory.getLogger(LayerBlobs.class);
    private static final int BUFFER_BYTES = 256 << 10;
    private static final int MAXIMUM_MANIFEST_BYTES = 4 << 20;

    private final ImageTables tables;
    private final ContentStore content;
    private final Snapshotter snapshotter;
    private final Map<Digest, Descriptor> byDiffId;

    LayerBlobs(ImageTables tables, ContentStore content, Snapshotter snapshotter) {
        this.tables = tables;
        this.content = content;
        this.snapshotter = snapshotter;
        this.byDiffId = new ConcurrentHashMap<>(tables.blobs());
    }

    /** Takes note of blobs that the database has. */
    void known(Map<Digest, Descriptor> blobs) {
        byDiffId.putAll(blobs);
    }

    /** The blobs that are kept, of these layers alone; others are forgotten. */
    Set<Digest> retain(Collection<Digest> diffIds) {
        List<Digest> gone = byDiffId.keySet().stream()
                .filter(diffId -> !diffIds.contains(diffId))
                .toList();
        if (!gone.isEmpty()) {
            tables.removeBlobs(gone);
            gone.forEach(byDiffId::remove);
        }
        Set<Digest> live = new HashSet<>();
        byDiffId.values().forEach(blob -> live.add(blob.parsedDigest()));
        return live;
    }

    /** The layers as the manifest that brought an image names them; none when it has none or lost it. */
    List<Descriptor> ofManifest(ImageRow image) {
        if (image.manifest().isEmpty()) {
            return List.of();
        }
        Digest manifest = image.manifest().get().parsedDigest();
        try {
            return content.contains(manifest)
                    ? OciJson.read(
                                    content.read(manifest, MAXIMUM_MANIFEST_BYTES),
                                    Manifest.class,
                                    "manifest " + manifest)
                            .layers()
                    : List.of();
        } catch (IOException | Failure e) {
            LOG.warn("cannot read manifest {} of image {}: {}", manifest, image.id(), e.getMessage());
            return List.of();
        }
    }

    /** What is wrong with the blobs that a manifest names and that are not checked as a layer's. */
    List<String> verifyManifest(ImageRow image) throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Descriptor layer : ofManifest(image)) {
            boolean checked =
                    byDiffId.values().stream().anyMatch(kept -> kept.digest().equals(layer.digest()));
            if (!checked && layer.urls().isEmpty() && !content.verify(layer.parsedDigest())) {
                wrong.add("blob %s is missing or damaged".formatted(layer.digest()));
            }
        }
        return wrong;
    }

    /** The kept blob of a layer, protected. */
    private Optional<Descriptor> kept(Digest diffId, Lease lease) throws IOException {
        Descriptor blob = byDiffId.get(diffId);
        if (blob == null) {
            return Optional.empty();
        }
        lease.protect(blob.parsedDigest());
        return content.contains(blob.parsedDigest()) ? Optional.of(blob) : Optional.empty();
    }

    private Layer layer(ChainId chain) {
        return snapshotter.layer(chain).orElseThrow(() -> Failure.notFound("layer %s: not found", chain));
    }

    /** The compressed blob of a layer, made now if there is none. */
    Descriptor compressed(ChainId chain, Lease lease) throws IOException {
        Optional<Descriptor> kept = keptCompressed(chain, lease);
        return kept.isPresent() ? kept.get() : compress(chain, lease, OutputStream.nullOutputStream());
    }

    /** The compressed blob of a layer if it is here, protected. */
    Optional<Descriptor> keptCompressed(ChainId chain, Lease lease) throws IOException {
        return kept(layer(chain).diffId(), lease).filter(blob -> !isPlain(blob));
    }

    long tarSize(ChainId chain) {
        return layer(chain).tarSize();
    }

    /** Makes the compressed blob of a layer, whose bytes go to {@code copy} too. */
    Descriptor compress(ChainId chain, Lease lease, OutputStream copy) throws IOException {
        Layer layer = layer(chain);
        try (Ingest ingest = content.begin(Expected.ANYTHING)) {
            OutputStream both = new BufferedOutputStream(new Twice(ingest, copy), BUFFER_BYTES);
            try (ParallelGzip gzip = new ParallelGzip(both)) {
                writeTar(layer, lease, gzip);
            }
            // Made again from the layer if the host goes down now.
            Blob blob = ingest.commitSoon(lease);
            Descriptor made = new Descriptor(MediaTypes.OCI_LAYER_GZIP, blob.digest(), blob.size());
            tables.putBlob(layer.diffId(), made);
            byDiffId.put(layer.diffId(), made);
            return made;
        }
    }

    /** Hands everything to two. */
    private static final class Twice extends OutputStream {
        private final OutputStream one;
        private final OutputStream other;

        Twice(OutputStream one, OutputStream other) {
            super();
            this.one = one;
            this.other = other;
        }

        @Override
        public void write(int oneByte) throws IOException {
            write(new byte[] {(byte) oneByte}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            one.write(bytes, offset, length);
            other.write(bytes, offset, length);
        }
    }

    private static boolean isPlain(Descriptor blob) {
        return blob.mediaType().equals(MediaTypes.OCI_LAYER) || blob.mediaType().equals(MediaTypes.DOCKER_LAYER);
    }

    /** Writes the tar that a layer's diff id names; fails when the bytes are not those. */
    void writeTar(Layer layer, Lease lease, OutputStream out) throws IOException {
        Optional<Descriptor> kept = kept(layer.diffId(), lease);
        if (kept.isEmpty()) {
            snapshotter.writeLayer(layer.chainId(), out);
            return;
        }
        HashedCopy copy = new HashedCopy(out);
        try (InputStream tar = open(kept.get().parsedDigest())) {
            copy.from(tar);
        }
        if (!copy.digest().equals(layer.diffId())) {
            throw Failure.invalid(
                    "blob %s does not hold the layer %s", kept.get().digest(), layer.diffId());
        }
    }

    /** The decompressed content of a blob. */
    InputStream open(Digest blob) throws IOException {
        InputStream stored = new BufferedInputStream(Channels.newInputStream(content.open(blob)), BUFFER_BYTES);
        return new ReadAhead(Compression.decompress(stored));
    }

    /** What the blob is, by its first bytes. */
    String mediaType(Digest blob) throws IOException {
        byte[] start = new byte[Compression.MAGIC_BYTES];
        int n;
        try (InputStream stored = Channels.newInputStream(content.open(blob))) {
            n = stored.readNBytes(start, 0, start.length);
        }
        return switch (Compression.detect(start, n)) {
            case GZIP -> MediaTypes.OCI_LAYER_GZIP;
            case ZSTD -> MediaTypes.OCI_LAYER_ZSTD;
            default -> MediaTypes.OCI_LAYER;
        };
    }

    /**
     * Whether a blob must be kept for its layer, which is unpacked: not when it is the plain tar and the same bytes can be
     * written again.
     */
    boolean mustKeep(Descriptor blob, ChainId chain) throws IOException {
        if (!isPlain(blob)) {
            return true;
        }
        try {
            snapshotter.writeLayer(chain, OutputStream.nullOutputStream());
            return false;
        } catch (Failure e) {
            if (e.kind() == Failure.Kind.INVALID) {
                return true;
            }
            throw e;
        }
    }

    /** What is wrong with a layer. */
    Optional<String> verify(ChainId chain) throws IOException {
        Optional<Layer> layer = snapshotter.layer(chain);
        if (layer.isEmpty()) {
            return Optional.of("layer %s is missing".formatted(chain));
        }
        Descriptor blob = byDiffId.get(layer.get().diffId());
        if (blob != null) {
            return content.verify(blob.parsedDigest())
                    ? Optional.empty()
                    : Optional.of("blob %s is missing or damaged".formatted(blob.digest()));
        }
        try {
            snapshotter.writeLayer(chain, OutputStream.nullOutputStream());
            return Optional.empty();
        } catch (Failure e) {
            return Optional.of(e.message());
        }
    }
}
