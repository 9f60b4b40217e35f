package dev.priok.registry;

import dev.priok.content.Blob;
import dev.priok.core.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;

/** An upload by one client; a second request at the same time is refused, not queued. */
public final class BlobUpload {
    private final Registry registry;
    private final RepositoryName repository;
    private final String id;
    private final RegistryStorage.Upload upload;
    private final ReentrantLock turn = new ReentrantLock();
    private volatile boolean over;

    BlobUpload(Registry registry, RepositoryName repository, String id, RegistryStorage.Upload upload) {
        this.registry = registry;
        this.repository = repository;
        this.id = id;
        this.upload = upload;
    }

    public String id() {
        return id;
    }

    RepositoryName repository() {
        return repository;
    }

    /** Bytes so far. */
    public long size() {
        return upload.size();
    }

    /**
     * Appends a chunk.
     *
     * @param start where it belongs, when the client says
     * @throws RegistryError of code {@link RegistryError.Code#RANGE_INVALID} when that is not the end
     */
    public void append(OptionalLong start, InputStream in) throws IOException {
        take();
        try {
            appendInTurn(start, in);
        } finally {
            turn.unlock();
        }
    }

    private void appendInTurn(OptionalLong start, InputStream in) throws IOException {
        if (start.isPresent() && start.getAsLong() != upload.size()) {
            throw new RegistryError(
                    RegistryError.Code.RANGE_INVALID,
                    "the chunk begins at %d and the upload ends at %d",
                    start.getAsLong(),
                    upload.size());
        }
        upload.append(in, registry.settings().maximumBlobBytes());
    }

    /**
     * Appends the last chunk, which may be empty, and links the blob to the repository.
     *
     * @throws RegistryError of code {@link RegistryError.Code#DIGEST_INVALID}; the upload is thrown away then
     */
    public Blob finish(OptionalLong start, InputStream in, Digest digest) throws IOException {
        take();
        try {
            appendInTurn(start, in);
            Blob blob;
            try (var lease = registry.storage().leases().open()) {
                blob = upload.finish(digest, lease);
                over = true;
                registry.finished(this, blob);
            } catch (RegistryError e) {
                cancelInTurn();
                throw e;
            }
            return blob;
        } finally {
            turn.unlock();
        }
    }

    /** Throws it away. */
    public void cancel() throws IOException {
        take();
        try {
            cancelInTurn();
        } finally {
            turn.unlock();
        }
    }

    private void cancelInTurn() throws IOException {
        over = true;
        upload.cancel();
        registry.forget(this);
    }

    void release() throws IOException {
        upload.release();
    }

    private void take() {
        if (!turn.tryLock()) {
            throw new RegistryError(
                    RegistryError.Code.BLOB_UPLOAD_INVALID, "upload %s is being written to by another request", id);
        }
        if (over) {
            turn.unlock();
            throw new RegistryError(RegistryError.Code.BLOB_UPLOAD_UNKNOWN, "upload %s is over", id);
        }
    }
}
