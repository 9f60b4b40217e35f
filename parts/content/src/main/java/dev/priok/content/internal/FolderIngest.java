package dev.priok.content.internal;

import dev.priok.content.Blob;
import dev.priok.content.Expected;
import dev.priok.content.Ingest;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.Leases.Lease;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
    private long written;
    private boolean finished;

    FolderIngest(FolderContentStore store, Path file, Expected expected) throws IOException {
        super();
        this.store = store;
        this.file = file;
        this.expected = expected;
        this.algorithm = expected.digest().map(Digest::algorithm).orElse("sha256");
        this.hash = hasher(algorithm);
        this.channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
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
        if (finished) {
            throw new IllegalStateException("this blob is finished");
        }
        Digest digest = digest(algorithm, hash);
        if (expected.digest().isPresent() && !expected.digest().get().equals(digest)) {
            throw Failure.invalid(
                    "blob %s: the bytes that came hash to %s", expected.digest().get(), digest);
        }
        if (expected.size().isPresent() && expected.size().getAsLong() != written) {
            throw Failure.invalid(
                    "blob %s has %d bytes and not %d",
                    digest, written, expected.size().getAsLong());
        }
        lease.protect(digest);
        Path target = store.path(digest);
        if (!Files.exists(target)) {
            channel.force(true);
            channel.close();
            Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
            finished = true;
        }
        // Also when somebody else has just put it there: his sync of the folder may not be done yet.
        FolderContentStore.syncFolder(store.folder(digest));
        return new Blob(digest, written);
    }

    @Override
    public void close() throws IOException {
        channel.close();
        if (!finished) {
            finished = true;
            Files.deleteIfExists(file);
        }
    }
}
