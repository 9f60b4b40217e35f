package dev.priok.image.internal;

import dev.priok.archive.Compression;
import dev.priok.archive.TarEntry;
import dev.priok.archive.TarReader;
import dev.priok.content.Blob;
import dev.priok.content.ContentStore;
import dev.priok.content.Expected;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.ImageReference;
import dev.priok.core.Leases.Lease;
import dev.priok.core.Platform;
import dev.priok.image.Loaded;
import dev.priok.oci.OciJson;
import dev.priok.oci.image.Index;
import dev.priok.oci.image.Manifest;
import dev.priok.oci.image.MediaTypes;
import dev.priok.snapshot.Snapshotter;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Reads Docker's archives and OCI layouts. Members come in any order, so each is taken in as a blob first, verified where its
 * name is its digest; what the archive's own index does not name is garbage afterwards.
 */
final class ArchiveReader {
    /** manifest.json or index.json of ten thousand images. */
    private static final int MAXIMUM_DOCUMENT_BYTES = 16 << 20;
    /** Each costs a file; a real archive has a few per image. */
    private static final int MAXIMUM_MEMBERS = 100_000;
    /** Links to links: old archives have one step. */
    private static final int MAXIMUM_LINKS = 8;
    /** An index in an index, as BuildKit writes it; more is an attack. */
    private static final int MAXIMUM_DEPTH = 4;

    private final ContentStore content;
    private final Lease lease;
    private final LoadedImages images;
    private final Map<String, Blob> members = new HashMap<>();
    private final Map<String, String> links = new HashMap<>();

    ArchiveReader(
            SqliteImageStore store,
            ContentStore content,
            Snapshotter snapshotter,
            LayerBlobs blobs,
            Lease lease,
            Consumer<String> progress) {
        this.content = content;
        this.lease = lease;
        this.images = new LoadedImages(store, content, snapshotter, blobs, lease, progress);
    }

    List<Loaded> read(InputStream archive) throws IOException {
        // Not closed: the stream is the caller's.
        takeIn(new TarReader(Compression.decompress(archive)));
        if (member("manifest.json").isPresent()) {
            return readDocker();
        }
        if (member("index.json").isPresent()) {
            return readLayout();
        }
        throw Failure.invalid(
                "unsupported archive: it holds neither manifest.json (docker save) nor index.json (OCI layout)");
    }

    private void takeIn(TarReader tar) throws IOException {
        Optional<TarEntry> next = tar.next();
        while (next.isPresent()) {
            TarEntry entry = next.get();
            String name = clean(entry.name());
            if (members.size() + links.size() > MAXIMUM_MEMBERS) {
                throw Failure.invalid("the archive has more than %d members", MAXIMUM_MEMBERS);
            }
            switch (entry.type()) {
                case FILE -> members.put(name, content.ingest(tar, expected(name, entry.size()), lease));
                case HARD_LINK -> links.put(name, clean(entry.link()));
                case SYMBOLIC_LINK -> links.put(name, clean(parent(name) + entry.link()));
                default -> {
                    // Folders say nothing.
                }
            }
            next = tar.next();
        }
    }

    private static Expected expected(String name, long size) {
        String[] parts = name.split("/");
        if (parts.length == 3 && parts[0].equals("blobs") && parts[1].matches("sha256|sha512")) {
            return Expected.of(Digest.parse(parts[1] + ":" + parts[2]), size);
        }
        return Expected.ANYTHING;
    }

    private static String parent(String name) {
        return name.substring(0, name.lastIndexOf('/') + 1);
    }

    /** A path without {@code .} and {@code ..}; it only ever names a member of the archive. */
    private static String clean(String path) {
        StringBuilder clean = new StringBuilder();
        for (String part : path.split("/")) {
            if (part.equals("..")) {
                clean.setLength(Math.max(0, clean.lastIndexOf("/")));
            } else if (!part.isEmpty() && !part.equals(".")) {
                clean.append(clean.isEmpty() ? "" : "/").append(part);
            }
        }
        return clean.toString();
    }

    private Optional<Blob> member(String path) {
        String name = clean(path);
        for (int i = 0; i < MAXIMUM_LINKS; i++) {
            Blob blob = members.get(name);
            if (blob != null) {
                return Optional.of(blob);
            }
            String target = links.get(name);
            if (target == null) {
                return Optional.empty();
            }
            name = target;
        }
        return Optional.empty();
    }

    private Blob required(String path) {
        return member(path).orElseThrow(() -> Failure.invalid("the archive lacks %s", path));
    }

    private <T> T document(Blob blob, Class<T> type, String what) throws IOException {
        return OciJson.read(content.read(blob.digest(), MAXIMUM_DOCUMENT_BYTES), type, what);
    }

    private List<Loaded> readDocker() throws IOException {
        List<Loaded> loaded = new ArrayList<>();
        for (ArchiveManifest image : document(required("manifest.json"), ArchiveManifest[].class, "manifest.json")) {
            List<Blob> layers = new ArrayList<>();
            for (String layer : image.layers()) {
                layers.add(required(layer));
            }
            List<ImageReference> names = image.repoTags().stream()
                    .map(name -> ImageReference.parse(name).withDefaultTag())
                    .toList();
            loaded.add(images.add(required(image.config()), layers, names));
        }
        return loaded;
    }

    private List<Loaded> readLayout() throws IOException {
        Map<String, Manifest> manifests = new LinkedHashMap<>();
        Map<String, List<ImageReference>> names = new HashMap<>();
        collect(document(required("index.json"), Index.class, "index.json"), manifests, names, List.of(), 0);
        List<Loaded> loaded = new ArrayList<>();
        for (Map.Entry<String, Manifest> entry : manifests.entrySet()) {
            Manifest manifest = entry.getValue();
            if (manifest.config() == null
                    || !MediaTypes.isConfig(manifest.config().mediaType())) {
                throw Failure.invalid("manifest %s is not of an image", entry.getKey());
            }
            List<Blob> layers = new ArrayList<>();
            for (var layer : manifest.layers()) {
                layers.add(required(path(layer.digest())));
            }
            Blob config = required(path(manifest.config().digest()));
            loaded.add(images.add(config, layers, names.getOrDefault(entry.getKey(), List.of())));
        }
        if (loaded.isEmpty()) {
            throw Failure.invalid("the archive holds no image for %s", Platform.current());
        }
        return loaded;
    }

    private void collect(
            Index index,
            Map<String, Manifest> manifests,
            Map<String, List<ImageReference>> names,
            List<ImageReference> outer,
            int depth)
            throws IOException {
        if (depth > MAXIMUM_DEPTH) {
            throw Failure.invalid("index.json: more than %d levels of indexes", MAXIMUM_DEPTH);
        }
        for (Index.Entry entry : index.manifests()) {
            List<ImageReference> called = new ArrayList<>(outer);
            name(entry.annotations()).ifPresent(called::add);
            Optional<Blob> blob = member(path(entry.digest()));
            if (MediaTypes.isIndex(entry.mediaType())) {
                collect(
                        document(required(path(entry.digest())), Index.class, "index " + entry.digest()),
                        manifests,
                        names,
                        called,
                        depth + 1);
            } else if (isHere(entry) && blob.isPresent()) {
                manifests.put(entry.digest(), document(blob.get(), Manifest.class, "manifest " + entry.digest()));
                names.computeIfAbsent(entry.digest(), _ -> new ArrayList<>()).addAll(called);
            } else if (entry.platform() == null) {
                throw Failure.invalid("the archive lacks %s", path(entry.digest()));
            }
        }
    }

    /** Whether it is for this machine; the records of builds that BuildKit adds are for {@code unknown/unknown}. */
    private static boolean isHere(Index.Entry entry) {
        return entry.platform() == null
                || Platform.current().matches(entry.platform().platform());
    }

    private static Optional<ImageReference> name(Map<String, String> annotations) {
        String name = annotations.getOrDefault(
                "io.containerd.image.name", annotations.getOrDefault("org.opencontainers.image.ref.name", ""));
        // The second is often a tag alone, which names nothing.
        boolean whole = name.contains("/") || name.contains(":");
        return whole ? Optional.of(ImageReference.parse(name).withDefaultTag()) : Optional.empty();
    }

    private static String path(String digest) {
        Digest parsed = Digest.parse(digest);
        return "blobs/" + parsed.algorithm() + "/" + parsed.hex();
    }
}
