package dev.priok.registry.internal;

import dev.priok.content.Blob;
import dev.priok.content.ContentStore;
import dev.priok.core.Digest;
import dev.priok.core.Leases.Lease;
import dev.priok.registry.RegistryError;
import dev.priok.registry.RegistryStorage.Upload;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/** A file that grows, with the SHA-256 of what is in it. */
final class FolderUpload implements Upload {
    private final FolderStorage storage;
    private final Path file;
    private final FileChannel channel;
    private MessageDigest hash = Digest.newSha256();
    private long size;

    FolderUpload(FolderStorage storage, Path file, FileChannel channel) {
        this.storage = storage;
        this.file = file;
        this.channel = channel;
    }

    /** Takes in what the file has already. */
    void hashAgain() throws IOException {
        hash = hash("sha256");
        size = channel.size();
        channel.position(size);
    }

    private MessageDigest hash(String algorithm) throws IOException {
        MessageDigest digest = hasher(algorithm);
        ByteBuffer buffer = ByteBuffer.allocate(ContentStore.COPY_BYTES);
        long at = 0;
        for (int n = channel.read(buffer, at); n >= 0; n = channel.read(buffer, at)) {
            digest.update(buffer.flip());
            buffer.clear();
            at += n;
        }
        return digest;
    }

    private static MessageDigest hasher(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm.toUpperCase(Locale.ROOT).replace("SHA", "SHA-"));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime lacks " + algorithm, e);
        }
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void append(InputStream in, long limit) throws IOException {
        byte[] buffer = new byte[ContentStore.COPY_BYTES];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            if (size + n > limit) {
                throw new RegistryError(
                        RegistryError.Code.TOO_LARGE, "the blob is larger than the %d bytes that are allowed", limit);
            }
            ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, n);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            hash.update(buffer, 0, n);
            size += n;
        }
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        return channel.read(target, position);
    }

    @Override
    public Blob finish(Digest digest, Lease lease) throws IOException {
        MessageDigest whole = digest.algorithm().equals("sha256") ? copy() : hash(digest.algorithm());
        Digest found = new Digest(digest.algorithm(), HexFormat.of().formatHex(whole.digest()));
        if (!found.equals(digest)) {
            throw new RegistryError(
                    RegistryError.Code.DIGEST_INVALID, "the bytes that came hash to %s and not to %s", found, digest);
        }
        channel.close();
        return storage.content().adopt(file, digest, lease);
    }

    private MessageDigest copy() {
        try {
            return (MessageDigest) hash.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("this Java runtime cannot copy a SHA-256 state", e);
        }
    }

    @Override
    public void cancel() throws IOException {
        channel.close();
        Files.deleteIfExists(file);
    }

    @Override
    public void release() throws IOException {
        channel.close();
    }
}
