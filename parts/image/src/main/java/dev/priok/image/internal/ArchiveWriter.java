package dev.priok.image.internal;

import dev.priok.archive.TarEntry;
import dev.priok.archive.TarWriter;
import dev.priok.core.Digest;
import dev.priok.core.ImageReference;
import dev.priok.core.Leases.Lease;
import dev.priok.image.internal.ImageModel.Found;
import dev.priok.oci.OciJson;
import dev.priok.oci.image.ChainId;
import dev.priok.oci.image.Descriptor;
import dev.priok.oci.image.ImageConfig;
import dev.priok.oci.image.Index;
import dev.priok.oci.image.Manifest;
import dev.priok.oci.image.MediaTypes;
import dev.priok.snapshot.Layer;
import dev.priok.snapshot.Snapshotter;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Writes what {@code docker save} writes since Docker 25: one tar that is Docker's archive and an OCI layout at once, with layers
 * uncompressed. Everything in it follows from the images, times are zero, so equal images give equal bytes.
 */
final class ArchiveWriter {
    private static final int BUFFER_BYTES = 256 << 10;
    private static final String BLOBS = "blobs/sha256/";

    private final Snapshotter snapshotter;
    private final LayerBlobs blobs;
    private final Lease lease;
    private final Map<Digest, Saved> images = new LinkedHashMap<>();

    private record Saved(ImageRow image, Set<ImageReference> names) {}

    ArchiveWriter(Snapshotter snapshotter, LayerBlobs blobs, Lease lease) {
        this.snapshotter = snapshotter;
        this.blobs = blobs;
        this.lease = lease;
    }

    /** One more image, under the name by which it was found. */
    void add(Found found) {
        found.image().config().chainId().digest().ifPresent(lease::protect);
        Saved saved = images.computeIfAbsent(
                found.image().id(), _ -> new Saved(found.image(), new java.util.LinkedHashSet<>()));
        found.name().filter(name -> name.digest().isEmpty()).ifPresent(saved.names()::add);
    }

    void write(OutputStream out) throws IOException {
        List<ArchiveManifest> archive = new ArrayList<>();
        List<Index.Entry> index = new ArrayList<>();
        Map<String, Map<String, String>> repositories = new TreeMap<>();
        Set<Digest> written = new HashSet<>();
        try (TarWriter tar = new TarWriter(new BufferedOutputStream(out, BUFFER_BYTES))) {
            tar.put(TarEntry.folder("blobs", 0755, 0));
            tar.put(TarEntry.folder("blobs/sha256", 0755, 0));
            for (Saved saved : images.values()) {
                ImageConfig config = saved.image().config();
                List<Descriptor> layers = new ArrayList<>();
                for (ChainId chain : ChainId.prefixes(config.rootfs().parsedDiffIds())) {
                    Layer layer = snapshotter.layer(chain).orElseThrow(() -> ImageModel.missing(chain.toString()));
                    layers.add(new Descriptor(MediaTypes.OCI_LAYER, layer.diffId(), layer.tarSize()));
                    if (written.add(layer.diffId())) {
                        tar.put(TarEntry.file(BLOBS + layer.diffId().hex(), 0644, layer.tarSize(), 0));
                        blobs.writeTar(layer, lease, tar);
                    }
                }
                byte[] json = saved.image().json().getBytes(StandardCharsets.UTF_8);
                Descriptor configuration =
                        new Descriptor(MediaTypes.OCI_CONFIG, saved.image().id(), json.length);
                byte[] manifest = OciJson.write(Manifest.oci(configuration, layers));
                Digest manifestDigest = Digest.sha256(manifest);
                put(tar, written, saved.image().id(), json);
                put(tar, written, manifestDigest, manifest);
                Descriptor descriptor = new Descriptor(MediaTypes.OCI_MANIFEST, manifestDigest, manifest.length);
                addToIndex(index, saved, descriptor);
                archive.add(described(saved, layers));
                saved.names()
                        .forEach(name -> repositories
                                .computeIfAbsent(name.familiarName(), _ -> new TreeMap<>())
                                .put(name.tag().orElse("latest"), topLayer(layers)));
            }
            put(tar, "index.json", OciJson.write(Index.oci(index)));
            put(tar, "manifest.json", OciJson.write(archive));
            put(tar, "oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.UTF_8));
            if (!repositories.isEmpty()) {
                put(tar, "repositories", OciJson.write(repositories));
            }
        }
    }

    private static String topLayer(List<Descriptor> layers) {
        return layers.isEmpty() ? "" : layers.getLast().parsedDigest().hex();
    }

    private static void addToIndex(List<Index.Entry> index, Saved saved, Descriptor manifest) {
        if (saved.names().isEmpty()) {
            index.add(Index.Entry.of(manifest, saved.image().config().platform(), Map.of()));
        }
        for (ImageReference name : saved.names()) {
            Map<String, String> annotations = new TreeMap<>();
            annotations.put("io.containerd.image.name", name.toString());
            annotations.put("org.opencontainers.image.ref.name", name.tag().orElse("latest"));
            index.add(Index.Entry.of(manifest, saved.image().config().platform(), annotations));
        }
    }

    private static ArchiveManifest described(Saved saved, List<Descriptor> layers) {
        Map<String, Descriptor> sources = new TreeMap<>();
        layers.forEach(layer -> sources.put(layer.digest(), layer));
        return new ArchiveManifest(
                BLOBS + saved.image().id().hex(),
                saved.names().stream().map(ImageReference::familiar).toList(),
                layers.stream().map(layer -> BLOBS + layer.parsedDigest().hex()).toList(),
                sources);
    }

    private static void put(TarWriter tar, Set<Digest> written, Digest digest, byte[] bytes) throws IOException {
        if (written.add(digest)) {
            put(tar, BLOBS + digest.hex(), bytes);
        }
    }

    private static void put(TarWriter tar, String name, byte[] bytes) throws IOException {
        tar.put(TarEntry.file(name, 0644, bytes.length, 0), bytes);
    }
}
