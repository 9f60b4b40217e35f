package dev.priok.build.solve;

import dev.priok.build.tree.TargetTree;
import dev.priok.core.Digest;
import dev.priok.snapshot.Mount;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;

/** A layer being written. Closing it without {@link #commit} throws it away. */
interface Draft extends AutoCloseable {
    /** Opens the whole root file system for writing; to be closed before anything mounts it and before {@link #commit}. */
    OpenTarget open() throws IOException;

    /** What a process gets as its root file system. */
    List<Mount> mounts();

    /**
     * Makes what was written a layer.
     *
     * @param latest no file is younger than this, in seconds since 1970
     * @return the digest of its tar, uncompressed
     */
    Digest commit(OptionalLong latest) throws IOException;

    /**
     * Makes a layer that was made elsewhere this one, in which nothing was written: its files are not copied. That it would be the
     * same here is for the caller to know.
     *
     * @param diffId of the other layer
     * @return whether that was possible; else this is of no use any more
     */
    boolean commitAs(Digest diffId) throws IOException;

    @Override
    void close() throws IOException;

    /** A tree to be closed. */
    interface OpenTarget extends TargetTree, AutoCloseable {
        @Override
        void close();
    }
}
