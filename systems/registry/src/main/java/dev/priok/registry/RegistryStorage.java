package dev.priok.registry;

import dev.priok.content.Blob;
import dev.priok.content.ContentStore;
import dev.priok.core.Digest;
import dev.priok.core.Leases;
import dev.priok.core.Leases.Lease;
import dev.priok.registry.internal.FolderStorage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Where the registry keeps bytes: blobs by digest, once however many repositories link them, and uploads that are not blobs yet.
 * A blob is whole and on disk when it can be seen; an upload keeps what came, also over a kill of the process, and goes on from
 * there.
 *
 * <p>Terms: an <em>upload</em> has an id and grows by appending; <em>finishing</em> checks it against a digest and turns it into a
 * blob, protected by a lease until the catalog links it.
 *
 * <p>All methods block on the disk and may be called from any thread; an upload is used by one at a time.
 */
public interface RegistryStorage {
    /**
     * Blobs in a store that others may use too, uploads in a folder of the same file system.
     *
     * @param leases the ones that {@code content} looks at
     */
    static RegistryStorage open(ContentStore content, Path uploads, Leases leases) throws IOException {
        return new FolderStorage(content, uploads, leases);
    }

    Leases leases();

    OptionalLong size(Digest digest) throws IOException;

    /**
     * Opens a blob, which stays readable when it is removed meanwhile. The caller closes it.
     *
     * @throws dev.priok.core.Failure of kind NOT_FOUND
     */
    FileChannel open(Digest digest) throws IOException;

    /** Reads a blob again and compares it with its name. */
    boolean verify(Digest digest) throws IOException;

    /** Every blob, in no order. */
    List<Blob> blobs() throws IOException;

    /** Removes a blob whatever its leases: one that is broken. */
    boolean remove(Digest digest) throws IOException;

    /** Moves a broken blob aside, where nothing finds it but a person; false when there is none. */
    boolean quarantine(Digest digest) throws IOException;

    /**
     * Writes something and removes it again.
     *
     * @return bytes that are free
     */
    long probe() throws IOException;

    /** Begins an upload under a new id. */
    Upload begin(String id) throws IOException;

    /** Takes up an upload with what it had when the process ended; empty when there is none of that id. */
    Optional<Upload> resume(String id) throws IOException;

    /** Uploads that lie there, for those that nobody knows any more. */
    List<String> uploads() throws IOException;

    /** Removes an upload that nobody uses; true when there was one. */
    boolean discard(String id) throws IOException;

    /** Bytes on their way to be a blob. */
    interface Upload {
        /** Bytes so far. */
        long size();

        /**
         * Appends all of {@code in}; what came before an exception stays.
         *
         * @param limit most bytes that the upload may have
         * @throws RegistryError of code {@link RegistryError.Code#TOO_LARGE} beyond the limit
         */
        void append(InputStream in, long limit) throws IOException;

        /**
         * Reads what was appended, also while more is being appended by another thread.
         *
         * @return bytes read; -1 at the end of what there is
         */
        int read(ByteBuffer target, long position) throws IOException;

        /**
         * Makes it a blob, which {@code lease} protects. The upload is over, unless the bytes are not as {@code digest} says.
         *
         * @throws RegistryError of code {@link RegistryError.Code#DIGEST_INVALID}
         */
        Blob finish(Digest digest, Lease lease) throws IOException;

        /** Throws it away. */
        void cancel() throws IOException;

        /** Lets go of its file until it is resumed. */
        void release() throws IOException;
    }
}
