package dev.priok.snapshot;

import dev.priok.oci.image.ChainId;
import java.util.List;

/**
 * A root file system over a stack of layers, writable unless it is a view.
 *
 * @param key its name, chosen by the caller: a container's id, a build step
 * @param parent the layers under it
 * @param kind whether and how it may be written
 * @param mounts what to mount, in order, to see it
 */
public record Snapshot(String key, ChainId parent, Kind kind, List<Mount> mounts) {
    /** Whether and how a snapshot may be written. */
    public enum Kind {
        /** Written by a container whose files must outlive a crash of the host. */
        WRITABLE,
        /**
         * Written, and worthless after a crash of the host (a build step, a container that is removed when it ends): nothing is
         * flushed, neither by fsync(2) inside nor when it is unmounted.
         */
        VOLATILE,
        /** Read only. */
        VIEW
    }

    public Snapshot {
        mounts = List.copyOf(mounts);
    }

    public boolean writable() {
        return kind != Kind.VIEW;
    }
}
