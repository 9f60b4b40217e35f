package dev.priok.build.context;

import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Fd;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Writes at the end of a file; small pieces are gathered so that each costs no call. For one thread. */
final class FileAppender {
    private static final int BUFFER_BYTES = 256 << 10;

    private final Fd file;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private long position;

    /**
     * Begins to write.
     *
     * @param file stays the caller's
     */
    FileAppender(Fd file, long position) {
        this.file = file;
        this.position = position;
    }

    Fd file() {
        return file;
    }

    /** Where the next byte goes. */
    long position() {
        return position;
    }

    /** Appends the first {@code length} bytes. */
    void append(byte[] bytes, int length) throws IOException {
        for (int done = 0; done < length; ) {
            int n = Math.min(length - done, buffer.remaining());
            buffer.put(bytes, done, n);
            done += n;
            position += n;
            if (!buffer.hasRemaining()) {
                flush();
            }
        }
    }

    /** Lets everything be read. */
    void flush() throws IOException {
        buffer.flip();
        long start = position - buffer.limit();
        while (buffer.hasRemaining()) {
            DescriptorCalls.host().pwrite(file, buffer, start + buffer.position());
        }
        buffer.clear();
    }
}
