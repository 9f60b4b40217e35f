package dev.priok.registry.internal;

import dev.priok.content.Blob;
import dev.priok.content.ContentStore;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.Leases;
import dev.priok.registry.RegistryStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Blobs in a {@link ContentStore}, an upload as a file named by its id. */
public final class FolderStorage implements RegistryStorage {
    /** Ids come from clients, and are names of files. */
    private static final Pattern ID = Pattern.compile("[0-9a-f]{1,64}");

    private static final Logger LOG = LoggerFactory.getLogger(FolderStorage.class);
    private static final long STRIDE = 8L << 20;
    /** No id of an upload: those are hexadecimal. */
    private static final String PROBE = "probe";

    private final ContentStore content;
    private final Path uploads;
    private final Leases leases;

    public FolderStorage(ContentStore content, Path uploads, Leases leases) throws IOException {
        this.content = content;
        this.uploads = Files.createDirectories(uploads);
        this.leases = leases;
    }

    ContentStore content() {
        return content;
    }

    @Override
    public Leases leases() {
        return leases;
    }

    @Override
    public OptionalLong size(Digest digest) throws IOException {
        // What a client is told of outlives a crash of the host.
        content.makeDurable(digest);
        return content.size(digest);
    }

    @Override
    public FileChannel open(Digest digest) throws IOException {
        return content.open(digest);
    }

    @Override
    public boolean verify(Digest digest) throws IOException {
        return content.verify(digest);
    }

    @Override
    public List<Blob> blobs() throws IOException {
        return content.list();
    }

    @Override
    public boolean remove(Digest digest) throws IOException {
        return content.delete(digest);
    }

    @Override
    public boolean quarantine(Digest digest) throws IOException {
        Path aside = Files.createDirectories(uploads.resolveSibling("quarantine"))
                .resolve(digest.algorithm() + "-" + digest.hex());
        try (FileChannel broken = content.open(digest);
                FileChannel copy = FileChannel.open(
                        aside,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            long at = 0;
            for (long n = broken.transferTo(0, STRIDE, copy); n > 0; n = broken.transferTo(at, STRIDE, copy)) {
                at += n;
            }
        } catch (Failure e) {
            if (e.kind() == Failure.Kind.NOT_FOUND) {
                return false;
            }
            throw e;
        } catch (IOException e) {
            // What the disk cannot read is not worth keeping; that it goes out of the way is.
            LOG.warn("cannot copy broken blob {} to {}", digest, aside, e);
        }
        return content.delete(digest);
    }

    @Override
    public long probe() throws IOException {
        Path file = uploads.resolve(PROBE);
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            channel.write(ByteBuffer.wrap(new byte[] {1}));
            channel.force(false);
        }
        Files.deleteIfExists(file);
        return Files.getFileStore(uploads).getUsableSpace();
    }

    @Override
    public Upload begin(String id) throws IOException {
        Path file = uploads.resolve(id);
        return new FolderUpload(
                this,
                file,
                FileChannel.open(
                        file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    @Override
    public Optional<Upload> resume(String id) throws IOException {
        Path file = uploads.resolve(id);
        if (!ID.matcher(id).matches() || !Files.isRegularFile(file)) {
            return Optional.empty();
        }
        var upload =
                new FolderUpload(this, file, FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE));
        upload.hashAgain();
        return Optional.of(upload);
    }

    @Override
    public List<String> uploads() throws IOException {
        try (Stream<Path> files = Files.list(uploads)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals(PROBE))
                    .toList();
        }
    }

    @Override
    public boolean discard(String id) throws IOException {
        return Files.deleteIfExists(uploads.resolve(id));
    }
}
