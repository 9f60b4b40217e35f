package dev.priok.build.exchange;

import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.oci.OciJson;
import dev.priok.oci.image.Descriptor;
import dev.priok.oci.image.Index;
import dev.priok.oci.image.Manifest;
import dev.priok.oci.image.MediaTypes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A folder as an OCI image layout. Every file is written aside, flushed and renamed; what the manifest before named and the
 * new one does not is removed after, so the folder does not grow for ever.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/main/image-layout.md">OCI image layout</a>
 */
public final class FolderPlace implements CachePlace {
    private static final String TAG = "org.opencontainers.image.ref.name";
    private static final int MAXIMUM_DOCUMENT_BYTES = 32 << 20;

    private final Path folder;
    private final String tag;

    /** Uses a folder, which is made when something is put there. */
    public FolderPlace(Path folder, String tag) {
        this.folder = folder;
        this.tag = tag;
    }

    @Override
    public String name() {
        return folder.toString();
    }

    private Path file(Digest digest) {
        return folder.resolve("blobs").resolve(digest.algorithm()).resolve(digest.hex());
    }

    private Index index() throws IOException {
        Path file = folder.resolve("index.json");
        return Files.exists(file) ? OciJson.read(document(file), Index.class, file.toString()) : Index.oci(List.of());
    }

    private static byte[] document(Path file) throws IOException {
        if (Files.size(file) > MAXIMUM_DOCUMENT_BYTES) {
            throw Failure.invalid("%s is larger than %d bytes", file, MAXIMUM_DOCUMENT_BYTES);
        }
        return Files.readAllBytes(file);
    }

    private Optional<Index.Entry> entry(Index index) {
        return index.manifests().stream()
                .filter(entry -> tag.equals(entry.annotations().get(TAG)))
                .findFirst();
    }

    @Override
    public Optional<Manifest> manifest(Function<Index, Optional<Index.Entry>> choose) throws IOException {
        Optional<Index.Entry> entry = entry(index());
        return entry.isEmpty()
                ? Optional.empty()
                : Optional.of(manifest(Digest.parse(entry.get().digest())));
    }

    private Manifest manifest(Digest digest) throws IOException {
        return OciJson.read(document(file(digest)), Manifest.class, "manifest " + digest);
    }

    @Override
    public byte[] small(Descriptor blob, int limitBytes) throws IOException {
        if (blob.size() > limitBytes) {
            throw Failure.invalid("blob %s has more than %d bytes", blob.digest(), limitBytes);
        }
        try (InputStream in = open(blob)) {
            byte[] bytes = in.readNBytes(limitBytes + 1);
            if (!Digest.sha256(bytes).equals(blob.parsedDigest())) {
                throw Failure.invalid("blob %s in %s is damaged", blob.digest(), folder);
            }
            return bytes;
        }
    }

    @Override
    public InputStream open(Descriptor blob) throws IOException {
        return Files.newInputStream(file(blob.parsedDigest()));
    }

    @Override
    public boolean has(Digest blob) {
        return Files.exists(file(blob));
    }

    @Override
    public void put(Descriptor blob, Bytes bytes) throws IOException {
        try (InputStream in = bytes.open()) {
            write(file(blob.parsedDigest()), in);
        }
    }

    private static void write(Path file, InputStream in) throws IOException {
        Files.createDirectories(file.getParent());
        Path aside = Files.createTempFile(file.getParent(), ".new-", "");
        try {
            Files.copy(in, aside, StandardCopyOption.REPLACE_EXISTING);
            try (FileChannel channel = FileChannel.open(aside, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(aside);
        }
    }

    private static void write(Path file, byte[] bytes) throws IOException {
        write(file, new java.io.ByteArrayInputStream(bytes));
    }

    @Override
    public void publish(Manifest manifest) throws IOException {
        byte[] bytes = OciJson.write(manifest);
        Descriptor descriptor = new Descriptor(MediaTypes.OCI_MANIFEST, Digest.sha256(bytes), bytes.length);
        write(file(descriptor.parsedDigest()), bytes);
        Index before = index();
        List<Index.Entry> entries = new ArrayList<>(before.manifests());
        entries.removeIf(entry -> tag.equals(entry.annotations().get(TAG)));
        entries.add(new Index.Entry(
                descriptor.mediaType(), descriptor.digest(), descriptor.size(), null, Map.of(TAG, tag), ""));
        write(folder.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.UTF_8));
        write(folder.resolve("index.json"), OciJson.write(Index.oci(entries)));
        entry(before).map(Index.Entry::digest).ifPresent(old -> forget(old, entries));
    }

    /** Removes what only the manifest before needed; what cannot be removed only takes room. */
    private void forget(String old, List<Index.Entry> entries) {
        try {
            Set<String> needed = new HashSet<>();
            for (Index.Entry entry : entries) {
                needed.addAll(blobs(entry.digest()));
            }
            for (String blob : blobs(old)) {
                if (!needed.contains(blob)) {
                    Files.deleteIfExists(file(Digest.parse(blob)));
                }
            }
        } catch (IOException | Failure e) {
            org.slf4j.LoggerFactory.getLogger(FolderPlace.class)
                    .warn("old blobs of the cache in {} cannot be removed", folder, e);
        }
    }

    private Set<String> blobs(String manifest) throws IOException {
        Set<String> blobs = new HashSet<>(Set.of(manifest));
        Manifest read = manifest(Digest.parse(manifest));
        if (read.config() != null) {
            blobs.add(read.config().digest());
        }
        read.layers().forEach(layer -> blobs.add(layer.digest()));
        return blobs;
    }
}
