package dev.priok.content.internal;

import dev.priok.content.Blob;
import dev.priok.content.ContentStore;
import dev.priok.content.Expected;
import dev.priok.content.Ingest;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.Leases.Lease;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/** A blob on its way into a {@link FolderContentStore}: hashed while it is written. */
final class FolderIngest extends Ingest {
    private final FolderContentStore store;
    private final Path file;
    private final Expected expected;
    private final String algorithm;
    private final MessageDigest hash;
    private final FileChannel channel;
    private final boolean resumable;
    private long written;
    private boolean finished;

    FolderIngest(FolderContentStore store, Path file, Expected expected) throws IOException {
        this(store, file, expected, false, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
    }

    private FolderIngest(
            FolderContentStore store, Path file, Expected expected, boolean resumable, OpenOption... options)
            throws IOException {
        super();
        this.resumable = resumable;
        this.store = store;
        this.file = file;
        this.expected = expected;
        this.algorithm = expected.digest().map(Digest::algorithm).orElse("sha256");
        this.hash = hasher(algorithm);
        this.channel = FileChannel.open(file, options);
    }

    /** A writer that goes on where the one before it stopped. */
    static FolderIngest resume(FolderContentStore store, Path file, Expected expected, OutputStream beginning)
            throws IOException {
        FolderIngest ingest = new FolderIngest(
                store,
                file,
                expected,
                true,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.CREATE);
        boolean read = false;
        try {
            ingest.readBeginning(beginning);
            read = true;
            return ingest;
        } finally {
            if (!read) {
                ingest.channel.close();
            }
        }
    }

    private void readBeginning(OutputStream beginning) throws IOException {
        if (expected.size().isPresent() && channel.size() > expected.size().getAsLong()) {
            channel.truncate(0);
        }
        byte[] bytes = new byte[ContentStore.COPY_BYTES];
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int n = channel.read(buffer);
        while (n >= 0) {
            hash.update(bytes, 0, n);
            written += n;
            beginning.write(bytes, 0, n);
            buffer.clear();
            n = channel.read(buffer);
        }
    }

    static MessageDigest hasher(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm.toUpperCase(Locale.ROOT).replace("SHA", "SHA-"));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime lacks " + algorithm, e);
        }
    }

    static Digest digest(String algorithm, MessageDigest hash) {
        return new Digest(algorithm, HexFormat.of().formatHex(hash.digest()));
    }

    @Override
    public long written() {
        return written;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (expected.size().isPresent() && written + length > expected.size().getAsLong()) {
            throw Failure.invalid(
                    "blob %s is longer than its %d bytes",
                    expected.digest().map(Digest::toString).orElse("without name"),
                    expected.size().getAsLong());
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        hash.update(bytes, offset, length);
        written += length;
    }

    @Override
    public Blob commit(Lease lease) throws IOException {
        Digest digest = checked(lease);
        Path target = store.path(digest);
        if (Files.exists(target)) {
            discard();
        } else {
            channel.force(true);
            channel.close();
            store.place(file, target, written);
            end();
        }
        // Also when somebody else has just put it there: his sync of the folder may not be done yet.
        FolderContentStore.syncFolder(store.folder(digest));
        return new Blob(digest, written);
    }

    @Override
    public Blob commitSoon(Lease lease) throws IOException {
        Digest digest = checked(lease);
        if (store.contains(digest)) {
            discard();
        } else {
            channel.close();
            store.settleSoon(digest, file);
            end();
        }
        return new Blob(digest, written);
    }

    /** The digest of what was written, protected; what is not as expected is thrown away. */
    private Digest checked(Lease lease) throws IOException {
        if (finished) {
            throw new IllegalStateException("this blob is finished");
        }
        Digest digest = digest(algorithm, hash);
        if (expected.size().isPresent() && expected.size().getAsLong() != written) {
            discard();
            throw Failure.invalid(
                    "blob %s has %d bytes and not %d",
                    expected.digest().orElse(digest), written, expected.size().getAsLong());
        }
        if (expected.digest().isPresent() && !expected.digest().get().equals(digest)) {
            discard();
            throw Failure.invalid(
                    "blob %s: the bytes that came hash to %s", expected.digest().get(), digest);
        }
        lease.protect(digest);
        return digest;
    }

    private void discard() throws IOException {
        channel.close();
        Files.deleteIfExists(file);
        end();
    }

    private void end() {
        finished = true;
        if (resumable) {
            store.resumeEnded(file);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
        if (!finished && resumable && written > 0) {
            end();
        } else if (!finished) {
            discard();
        }
    }
}
