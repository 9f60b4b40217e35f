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

    @Override
    void close() throws IOException;

    /** A tree to be closed. */
    interface OpenTarget extends TargetTree, AutoCloseable {
        @Override
        void close();
    }
}
