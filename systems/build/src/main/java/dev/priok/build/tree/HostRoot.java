package dev.priok.build.tree;

import dev.priok.linux.Fd;
import java.nio.ByteBuffer;

/** What all directories of one {@link HostTree} share; used by one thread at a time. */
final class HostRoot implements AutoCloseable {
    /** One read; large enough to make system calls cheap, small enough for every cache. */
    private static final int BUFFER_BYTES = 256 << 10;

    private final Fd directory;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);

    HostRoot(Fd directory) {
        this.directory = directory;
    }

    Fd directory() {
        return directory;
    }

    /** The buffer for moving bytes, empty. */
    ByteBuffer buffer() {
        return buffer.clear();
    }

    @Override
    public void close() {
        directory.close();
    }
}
