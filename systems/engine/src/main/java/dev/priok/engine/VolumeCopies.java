package dev.priok.engine;

import dev.priok.core.Credentials;
import dev.priok.core.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;

/**
 * Copies of volumes. Each shows one instant: files are copied while containers write, then the containers that run with the volume
 * are paused and what has changed meanwhile is copied again. An empty {@code snapshot} stands for the volume as it is now.
 */
public interface VolumeCopies {
    /**
     * A snapshot, which outlives its volume.
     *
     * @param bytes in its files
     * @param copiedBytes that no earlier snapshot or the file system itself already had
     */
    record Snapshot(String volume, String name, Instant created, long files, long bytes, long copiedBytes) {}

    /** Snapshots of a volume, or of all with an empty name; oldest first. */
    List<Snapshot> list(String volume);

    /** Takes a snapshot; with an empty name it is named by the time. */
    Snapshot take(String volume, String name);

    void remove(String volume, String snapshot);

    /**
     * Puts what a snapshot has in place of what the volume has, all at once; a volume that is not there is made.
     *
     * @throws dev.priok.core.Failure of kind CONFLICT while a container runs with the volume
     */
    Volumes.VolumeView restore(String volume, String snapshot);

    /** Makes a new volume with the same labels, size and content. */
    Volumes.VolumeView copy(String volume, String snapshot, String name);

    /** Writes a tar. Does not close {@code out}. */
    void pack(String volume, String snapshot, OutputStream out) throws IOException;

    /** Like {@link #restore} from a tar. Does not close {@code tar}. */
    Volumes.VolumeView unpack(String volume, InputStream tar);

    /** Stores a volume in a registry as an artifact with one layer, a compressed tar; returns the manifest's digest. */
    Digest push(String volume, String snapshot, String reference, Credentials credentials) throws IOException;

    /** Like {@link #restore} from a registry. */
    Volumes.VolumeView pull(String volume, String reference, Credentials credentials) throws IOException;
}
