package dev.priok.content;

import dev.priok.content.internal.FolderContentStore;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.Leases;
import dev.priok.core.Leases.Lease;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Blobs by digest. A blob is either absent or whole, durable and unchanging: it is written aside, verified, flushed to disk
 * and then renamed into place, so that a kill or power cut at any instant leaves no half of one, and what a killed process
 * left aside is removed when the store is opened again. Blobs are opaque: what they mean and which are alive is for others
 * to say.
 *
 * <p>Whoever adds or is about to name a blob holds a {@link Lease} on it until the name is recorded, so that {@link #sweep}
 * does not take it away in between:
 * {@snippet :
 * try (Lease lease = leases.open()) {
 *     Blob blob = store.ingest(stream, Expected.of(descriptor.parsedDigest(), descriptor.size()), lease);
 *     names.record(blob);
 * }
 * }
 *
 * <p>All methods block on the disk and may be called from any thread.
 */
public interface ContentStore extends AutoCloseable {
    /** Large enough that system calls do not count beside hashing. */
    int COPY_BYTES = 128 << 10;

    /**
     * Opens the store in a folder, which it alone may use, and removes what a killed process left half-made.
     *
     * @param leases shared with whoever protects blobs
     */
    static ContentStore open(Path folder, Leases leases) throws IOException {
        return new FolderContentStore(folder, leases);
    }

    /**
     * Reads {@code in} to its end and stores it; storing what is there already costs the reading alone. Does not close
     * {@code in}.
     *
     * @throws Failure of kind {@link Failure.Kind#INVALID} when the bytes are not as {@code expected}
     * @throws IOException when reading or writing fails, a full disk included; nothing is left behind
     */
    default Blob ingest(InputStream in, Expected expected, Lease lease) throws IOException {
        try (Ingest ingest = begin(expected)) {
            byte[] buffer = new byte[COPY_BYTES];
            int n = in.read(buffer);
            while (n >= 0) {
                ingest.write(buffer, 0, n);
                n = in.read(buffer);
            }
            return ingest.commit(lease);
        }
    }

    /** Begins a blob that is written piece by piece; nothing is visible before {@link Ingest#commit}. */
    Ingest begin(Expected expected) throws IOException;

    /**
     * Begins a blob whose beginning may be here from a writer that was killed or closed before it was whole, so that only the rest
     * has to come: {@link Ingest#written} tells from where. What is here is hashed again. Unlike {@link #begin}, closing keeps
     * what was written for the next time, for a day; {@link Ingest#commit} of wrong bytes throws it away. While somebody else
     * writes the same blob, this is a plain {@link #begin}.
     *
     * @param beginning is given the bytes that are here
     */
    Ingest resume(Digest digest, OptionalLong size, OutputStream beginning) throws IOException;

    /**
     * Takes over a file of the same file system whose bytes the caller has hashed, without copying it; the file is gone
     * afterwards. Durable and visible as after {@link Ingest#commit}.
     */
    Blob adopt(Path file, Digest digest, Lease lease) throws IOException;

    /** Brings a blob to disk now that {@link Ingest#commitSoon} left for later; any other, and none, is left as it is. */
    void makeDurable(Digest digest) throws IOException;

    /** Length in bytes; empty when there is no such blob. */
    OptionalLong size(Digest digest) throws IOException;

    default boolean contains(Digest digest) throws IOException {
        return size(digest).isPresent();
    }

    /**
     * Opens a blob for reading; it stays readable when it is deleted meanwhile. The caller closes it.
     *
     * @throws Failure of kind {@link Failure.Kind#NOT_FOUND}
     */
    FileChannel open(Digest digest) throws IOException;

    /**
     * All bytes of a small blob such as a manifest.
     *
     * @throws Failure of kind {@link Failure.Kind#NOT_FOUND}, or {@link Failure.Kind#INVALID} when it is longer than {@code limit}
     */
    byte[] read(Digest digest, int limit) throws IOException;

    /** Every blob, in no order. */
    List<Blob> list() throws IOException;

    /** How much is here; lists the store at the first question and counts from then on. */
    Holdings holdings() throws IOException;

    /** Removes one blob whatever its leases; false when there is none. Collectors use {@link #sweep}. */
    boolean delete(Digest digest) throws IOException;

    /**
     * Removes every blob that is neither in the live set nor leased. The set is asked for after the sweep has begun to
     * remember new leases, so blobs that are added meanwhile are safe.
     *
     * @return what was removed
     */
    List<Blob> sweep(Supplier<Set<Digest>> live) throws IOException;

    /**
     * Reads a blob again and compares it with its name; for a check of the disk.
     *
     * @return whether it is there and intact
     */
    boolean verify(Digest digest) throws IOException;

    /** Brings to disk what {@link Ingest#commitSoon} left for later. */
    @Override
    void close() throws IOException;
}
