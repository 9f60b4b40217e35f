package dev.priok.transfer.place;

import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.distribution.ManifestBlob;
import dev.priok.distribution.Repository;
import dev.priok.oci.OciJson;
import dev.priok.oci.image.Descriptor;
import dev.priok.oci.image.Index;
import dev.priok.oci.image.Manifest;
import dev.priok.oci.image.MediaTypes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * An image in a folder that is an OCI layout. What is put becomes visible with the index, which is replaced in one step.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/main/image-layout.md">OCI image spec, layout</a>
 */
public final class LayoutPlace implements Place {
    static final String REF_NAME = "org.opencontainers.image.ref.name";
    /** How containerd and docker name the image of an entry in full. */
    static final String FULL_NAME = "io.containerd.image.name";

    private static final String LAYOUT = "{\"imageLayoutVersion\":\"1.0.0\"}";
    private static final int BUFFER_BYTES = 128 << 10;

    private final Path folder;
    private final String reference;
    private final List<Index.Entry> put = new ArrayList<>();

    /** @param reference which entry of the index; empty for the only one */
    public LayoutPlace(Path folder, String reference) {
        this.folder = folder;
        this.reference = reference;
    }

    Path folder() {
        return folder;
    }

    String reference() {
        return reference;
    }

    @Override
    public String name() {
        return "oci:" + folder + (reference.isEmpty() ? "" : ":" + reference);
    }

    private Path file(Digest digest) {
        return folder.resolve("blobs").resolve(digest.algorithm()).resolve(digest.hex());
    }

    private Path indexFile() {
        return folder.resolve("index.json");
    }

    List<Index.Entry> entries() throws IOException {
        try {
            return OciJson.read(bytes(indexFile()), Index.class, "index of " + name())
                    .manifests();
        } catch (NoSuchFileException e) {
            throw new Failure(Failure.Kind.NOT_FOUND, folder + " is no OCI layout: it has no index.json", e);
        }
    }

    private static byte[] bytes(Path file) throws IOException {
        if (Files.size(file) > Repository.MAXIMUM_MANIFEST_BYTES) {
            throw Failure.invalid("%s has more than %d bytes", file, Repository.MAXIMUM_MANIFEST_BYTES);
        }
        return Files.readAllBytes(file);
    }

    private boolean isMeant(Index.Entry entry) {
        return reference.equals(entry.annotations().get(REF_NAME))
                || reference.equals(entry.annotations().get(FULL_NAME));
    }

    @Override
    public ManifestBlob top() throws IOException {
        List<Index.Entry> all = entries();
        List<Index.Entry> meant =
                reference.isEmpty() ? all : all.stream().filter(this::isMeant).toList();
        if (meant.size() != 1) {
            throw Failure.notFound(
                    "%s has %d entries%s: name one of %s",
                    folder,
                    meant.size(),
                    reference.isEmpty() ? "" : " of that name",
                    all.stream()
                            .map(entry -> entry.annotations()
                                    .getOrDefault(FULL_NAME, entry.annotations().getOrDefault(REF_NAME, "")))
                            .filter(text -> !text.isEmpty())
                            .toList());
        }
        Index.Entry entry = meant.getFirst();
        return manifest(Digest.parse(entry.digest()))
                .orElseThrow(() -> Failure.notFound("%s lacks the manifest %s", folder, entry.digest()));
    }

    @Override
    public Optional<ManifestBlob> manifest(Digest digest) throws IOException {
        byte[] bytes;
        try {
            bytes = bytes(file(digest));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        }
        MessageDigest hash = hash(digest.algorithm());
        hash.update(bytes);
        check(digest, hash);
        return Optional.of(new ManifestBlob(mediaType(bytes), digest, bytes));
    }

    private static String mediaType(byte[] bytes) {
        Manifest manifest = OciJson.read(bytes, Manifest.class, "manifest");
        if (!manifest.mediaType().isEmpty()) {
            return manifest.mediaType();
        }
        return manifest.config() == null ? MediaTypes.OCI_INDEX : MediaTypes.OCI_MANIFEST;
    }

    private static MessageDigest hash(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm.toUpperCase(Locale.ROOT).replace("SHA", "SHA-"));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime lacks " + algorithm, e);
        }
    }

    private static void check(Digest digest, MessageDigest hash) {
        String real = HexFormat.of().formatHex(hash.digest());
        if (!real.equals(digest.hex())) {
            throw Failure.invalid("blob %s: the bytes that came hash to %s:%s", digest, digest.algorithm(), real);
        }
    }

    @Override
    public Repository.Content blob(Descriptor blob) {
        Path file = file(blob.parsedDigest());
        return () -> {
            try {
                return Files.newInputStream(file);
            } catch (NoSuchFileException e) {
                throw new Failure(Failure.Kind.NOT_FOUND, folder + " lacks the blob " + blob.digest(), e);
            }
        };
    }

    @Override
    public boolean hasBlob(Descriptor blob) throws IOException {
        Path file = file(blob.parsedDigest());
        return Files.exists(file) && Files.size(file) == blob.size();
    }

    @Override
    public void putBlob(Descriptor blob, Repository.Content content) throws IOException {
        Digest digest = blob.parsedDigest();
        try (InputStream in = content.open()) {
            store(digest, blob.size(), in);
        }
    }

    private void store(Digest digest, long size, InputStream in) throws IOException {
        Path target = file(digest);
        Files.createDirectories(folderOf(target));
        Path part = Files.createTempFile(folderOf(target), ".part-", "");
        try {
            MessageDigest hash = hash(digest.algorithm());
            long written = 0;
            try (OutputStream out = Files.newOutputStream(part)) {
                byte[] buffer = new byte[BUFFER_BYTES];
                int n = in.read(buffer);
                while (n >= 0) {
                    written += n;
                    if (written > size) {
                        throw Failure.invalid("blob %s is longer than its %d bytes", digest, size);
                    }
                    hash.update(buffer, 0, n);
                    out.write(buffer, 0, n);
                    n = in.read(buffer);
                }
            }
            if (written != size) {
                throw Failure.invalid("blob %s has %d bytes and not %d", digest, written, size);
            }
            check(digest, hash);
            settle(part, target);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static Path folderOf(Path file) {
        return file.toAbsolutePath().resolveSibling(".").normalize();
    }

    /** Flushes a file to disk and gives it its name. */
    static void settle(Path part, Path target) throws IOException {
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel channel = FileChannel.open(folderOf(target))) {
            channel.force(true);
        }
    }

    @Override
    public void putManifest(ManifestBlob manifest, boolean top) throws IOException {
        if (!Files.exists(file(manifest.digest()))) {
            store(manifest.digest(), manifest.bytes().length, new java.io.ByteArrayInputStream(manifest.bytes()));
        }
        boolean about = MediaTypes.isManifest(manifest.mediaType())
                && manifest.manifest().subject() != null;
        if (top || about) {
            Map<String, String> names = new HashMap<>();
            if (top && !reference.isEmpty()) {
                names.put(REF_NAME, reference);
            }
            synchronized (put) {
                put.add(new Index.Entry(
                        manifest.mediaType(),
                        manifest.digest().toString(),
                        manifest.bytes().length,
                        null,
                        names,
                        about ? manifest.manifest().artifactType() : ""));
            }
        }
    }

    @Override
    public List<Index.Entry> referrers(Digest subject) throws IOException {
        List<Index.Entry> found = new ArrayList<>();
        for (Index.Entry entry : entries()) {
            Optional<ManifestBlob> manifest = MediaTypes.isManifest(entry.mediaType())
                    ? manifest(Digest.parse(entry.digest()))
                    : Optional.empty();
            if (manifest.isPresent()) {
                Descriptor about = manifest.get().manifest().subject();
                if (about != null && about.digest().equals(subject.toString())) {
                    found.add(entry);
                }
            }
        }
        return found;
    }

    @Override
    public void finish() throws IOException {
        Files.createDirectories(folder);
        List<Index.Entry> entries = new ArrayList<>();
        if (Files.exists(indexFile())) {
            for (Index.Entry old : entries()) {
                boolean again = put.stream().anyMatch(fresh -> replaces(fresh, old));
                if (!again) {
                    entries.add(old);
                }
            }
        }
        entries.addAll(put);
        write(folder.resolve("oci-layout"), LAYOUT.getBytes(StandardCharsets.UTF_8));
        write(indexFile(), OciJson.write(Index.oci(entries)));
    }

    /** Whether an entry takes the place of one that was there: by its name, or since it is the same. */
    private static boolean replaces(Index.Entry fresh, Index.Entry old) {
        String name = fresh.annotations().get(REF_NAME);
        return name == null
                ? fresh.digest().equals(old.digest()) && fresh.annotations().equals(old.annotations())
                : name.equals(old.annotations().get(REF_NAME));
    }

    void write(Path target, byte[] bytes) throws IOException {
        Path part = Files.createTempFile(folder, ".part-", "");
        try {
            Files.write(part, bytes);
            settle(part, target);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
