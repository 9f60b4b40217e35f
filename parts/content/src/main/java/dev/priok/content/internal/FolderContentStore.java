package dev.priok.content.internal;

import dev.priok.content.Blob;
import dev.priok.content.ContentStore;
import dev.priok.content.Expected;
import dev.priok.content.Holdings;
import dev.priok.content.Ingest;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.Leases;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blobs as {@code blobs/ALGORITHM/HEX}, as in an OCI layout; what is being written lies in {@code ingest/}.
 */
public final class FolderContentStore implements ContentStore {
    private static final Logger LOG = LoggerFactory.getLogger(FolderContentStore.class);
    private static final List<String> ALGORITHMS = List.of("sha256", "sha512");

    private static final String PARTIAL = "partial-";
    /** Somebody whose download broke tries again within a day, or not at all; until then it takes disk. */
    private static final Duration PARTIAL_LIFE = Duration.ofDays(1);

    private final RunningTotal total = new RunningTotal();
    private final Path blobs;
    private final Path ingest;
    private final Leases leases;
    private final AtomicLong number = new AtomicLong();
    private final Set<Path> partials = ConcurrentHashMap.newKeySet();
    private final LateBlobs late;

    public FolderContentStore(Path folder, Leases leases) throws IOException {
        this.blobs = folder.resolve("blobs");
        this.ingest = folder.resolve("ingest");
        this.leases = leases;
        Files.createDirectories(ingest);
        for (String algorithm : ALGORITHMS) {
            Files.createDirectories(blobs.resolve(algorithm));
        }
        syncFolder(blobs);
        syncFolder(folder);
        late = new LateBlobs(ingest, this::path, total);
        late.takeOver();
        removeLeftovers();
    }

    private void removeLeftovers() throws IOException {
        FileTime oldest = FileTime.fromMillis(System.currentTimeMillis() - PARTIAL_LIFE.toMillis());
        try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(ingest)) {
            for (Path leftover : leftovers) {
                boolean resumable = leftover.getFileName().toString().startsWith(PARTIAL);
                if (!resumable || Files.getLastModifiedTime(leftover).compareTo(oldest) < 0) {
                    LOG.info("removing half-written blob {}", leftover);
                    Files.delete(leftover);
                }
            }
        }
    }

    /** Beginnings that nobody writes any more and nobody came back for. */
    private void removeOldPartials() throws IOException {
        FileTime oldest = FileTime.fromMillis(System.currentTimeMillis() - PARTIAL_LIFE.toMillis());
        try (DirectoryStream<Path> files = Files.newDirectoryStream(ingest, PARTIAL + "*")) {
            for (Path file : files) {
                if (!partials.contains(file) && Files.getLastModifiedTime(file).compareTo(oldest) < 0) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    Path path(Digest digest) {
        return folder(digest).resolve(digest.hex());
    }

    Path folder(Digest digest) {
        return blobs.resolve(digest.algorithm());
    }

    /** Where a blob lies now. */
    private Path file(Digest digest) {
        return late.file(digest).orElse(path(digest));
    }

    /** Makes a file a blob that is flushed later. */
    void settleSoon(Digest digest, Path file) throws IOException {
        late.add(digest, file);
    }

    /** Looks at a file. */
    @FunctionalInterface
    private interface Look<T> {
        T at(Path file) throws IOException;
    }

    /** What there is to see of a blob, which may be on its way to its place. */
    private <T> T look(Digest digest, Look<T> look) throws IOException {
        Path file = file(digest);
        try {
            return look.at(file);
        } catch (NoSuchFileException e) {
            if (file.equals(path(digest))) {
                throw e;
            }
            return look.at(path(digest));
        }
    }

    @Override
    public Ingest begin(Expected expected) throws IOException {
        return new FolderIngest(this, ingest.resolve("blob-" + number.incrementAndGet()), expected);
    }

    @Override
    public Ingest resume(Digest digest, OptionalLong size, OutputStream beginning) throws IOException {
        Expected expected = new Expected(Optional.of(digest), size);
        Path file = ingest.resolve(PARTIAL + digest.algorithm() + "-" + digest.hex());
        if (!partials.add(file)) {
            return begin(expected);
        }
        boolean opened = false;
        try {
            FolderIngest resumed = FolderIngest.resume(this, file, expected, beginning);
            opened = true;
            return resumed;
        } finally {
            if (!opened) {
                partials.remove(file);
            }
        }
    }

    void resumeEnded(Path file) {
        partials.remove(file);
    }

    @Override
    public Blob adopt(Path file, Digest digest, Leases.Lease lease) throws IOException {
        lease.protect(digest);
        long size = Files.size(file);
        Path target = path(digest);
        if (Files.exists(target)) {
            Files.delete(file);
        } else {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            place(file, target, size);
        }
        // Also when somebody else has just put it there: his sync of the folder may not be done yet.
        syncFolder(folder(digest));
        return new Blob(digest, size);
    }

    @Override
    public void makeDurable(Digest digest) throws IOException {
        if (late.file(digest).isPresent()) {
            late.settleAll();
        }
    }

    @Override
    public OptionalLong size(Digest digest) throws IOException {
        try {
            return OptionalLong.of(look(digest, Files::size));
        } catch (NoSuchFileException _) {
            return OptionalLong.empty();
        }
    }

    @Override
    public FileChannel open(Digest digest) throws IOException {
        try {
            return look(digest, file -> FileChannel.open(file, StandardOpenOption.READ));
        } catch (NoSuchFileException _) {
            throw missing(digest);
        }
    }

    @Override
    public byte[] read(Digest digest, int limit) throws IOException {
        try (FileChannel channel = open(digest)) {
            long size = channel.size();
            if (size > limit) {
                throw Failure.invalid("blob %s has %d bytes, more than %d", digest, size, limit);
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) size);
            int n = 0;
            while (bytes.hasRemaining() && n >= 0) {
                n = channel.read(bytes);
            }
            return bytes.array();
        }
    }

    @Override
    public List<Blob> list() throws IOException {
        // Those on their way first: who arrives meanwhile is seen in both places, not in none.
        Set<Digest> found = new HashSet<>(late.digests());
        for (String algorithm : ALGORITHMS) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(blobs.resolve(algorithm))) {
                for (Path file : files) {
                    found.add(new Digest(algorithm, file.getFileName().toString()));
                }
            }
        }
        List<Blob> all = new ArrayList<>();
        for (Digest digest : found) {
            size(digest).ifPresent(size -> all.add(new Blob(digest, size)));
        }
        return all;
    }

    @Override
    public boolean delete(Digest digest) throws IOException {
        boolean wasLate = late.delete(digest);
        return total.remove(path(digest)) || wasLate;
    }

    @Override
    public Holdings holdings() throws IOException {
        return total.read(this::inPlace);
    }

    /** Those that are on disk for good; the others are counted when they are. */
    private List<Blob> inPlace() throws IOException {
        return list().stream().filter(blob -> Files.exists(path(blob.digest()))).toList();
    }

    void place(Path file, Path target, long size) throws IOException {
        total.place(file, target, size);
    }

    @Override
    public List<Blob> sweep(Supplier<Set<Digest>> live) throws IOException {
        removeOldPartials();
        List<Blob> removed = new ArrayList<>();
        try (Leases.Sweep sweep = leases.sweep()) {
            Set<Digest> alive = live.get();
            for (Blob blob : list()) {
                if (!alive.contains(blob.digest()) && sweep.delete(blob.digest(), () -> unlink(blob.digest()))) {
                    removed.add(blob);
                }
            }
        } catch (UncheckedIOException e) {
            throw new IOException("collecting blobs", e.getCause());
        }
        return removed;
    }

    private void unlink(Digest digest) {
        try {
            delete(digest);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean verify(Digest digest) throws IOException {
        MessageDigest hash = FolderIngest.hasher(digest.algorithm());
        try (FileChannel channel = look(digest, file -> FileChannel.open(file, StandardOpenOption.READ))) {
            ByteBuffer buffer = ByteBuffer.allocate(COPY_BYTES);
            while (channel.read(buffer) >= 0) {
                hash.update(buffer.flip());
                buffer.clear();
            }
        } catch (NoSuchFileException _) {
            return false;
        }
        return FolderIngest.digest(digest.algorithm(), hash).equals(digest);
    }

    @Override
    public void close() throws IOException {
        late.settleAll();
    }

    private static Failure missing(Digest digest) {
        return Failure.notFound("blob %s: not found", digest);
    }

    /** A rename lasts only once its folder is on disk. */
    static void syncFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
