package dev.priok.build.solve;

import dev.priok.build.tree.Content;
import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Fd;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** Reads a content from its start; closing it closes nothing. */
final class ContentStream extends InputStream {
    private static final int BUFFER_BYTES = 128 << 10;

    private final Fd file;
    private final ByteBuffer buffer;
    private long position;
    private final long end;

    private ContentStream(Fd file, long offset, long size) {
        super();
        this.file = file;
        this.position = offset;
        this.end = offset + size;
        this.buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);
    }

    static InputStream of(Content content) {
        return switch (content) {
            case Content.Bytes bytes -> new ByteArrayInputStream(bytes.bytes());
            case Content.Range(Fd file, long offset, long size) -> new ContentStream(file, offset, size);
            case Content.Whole(Fd file, long size) -> new ContentStream(file, 0, size);
        };
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!buffer.hasRemaining() && !fill()) {
            return -1;
        }
        int n = Math.min(length, buffer.remaining());
        buffer.get(bytes, offset, n);
        return n;
    }

    private boolean fill() throws IOException {
        buffer.clear().limit((int) Math.min(buffer.capacity(), end - position));
        int n = buffer.hasRemaining() ? DescriptorCalls.host().pread(file, buffer, position) : 0;
        position += n;
        buffer.flip();
        return n > 0;
    }
}
