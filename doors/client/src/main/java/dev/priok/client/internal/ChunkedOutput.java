package dev.priok.client.internal;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Encodes a body in chunks of up to {@value #CHUNK_BYTES} bytes; closing sends the last chunk and leaves the socket open. */
final class ChunkedOutput extends OutputStream {
    private static final int CHUNK_BYTES = 64 * 1024;
    /** Room before the data for the size line, so that a chunk is one write. */
    private static final int PREFIX_BYTES = 10;

    private static final byte[] LAST = {'0', '\r', '\n', '\r', '\n'};

    private final OutputStream out;
    private final byte[] buffer = new byte[PREFIX_BYTES + CHUNK_BYTES + 2];
    private int count;
    private boolean isClosed;

    ChunkedOutput(OutputStream out) {
        this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
        if (count == CHUNK_BYTES) {
            flush();
        }
        buffer[PREFIX_BYTES + count++] = (byte) b;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int at = offset;
        int left = length;
        while (left > 0) {
            if (count == CHUNK_BYTES) {
                flush();
            }
            int n = Math.min(left, CHUNK_BYTES - count);
            System.arraycopy(bytes, at, buffer, PREFIX_BYTES + count, n);
            count += n;
            at += n;
            left -= n;
        }
    }

    @Override
    public void flush() throws IOException {
        if (count == 0) {
            return;
        }
        byte[] size = (Integer.toHexString(count) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        int start = PREFIX_BYTES - size.length;
        System.arraycopy(size, 0, buffer, start, size.length);
        buffer[PREFIX_BYTES + count] = '\r';
        buffer[PREFIX_BYTES + count + 1] = '\n';
        send(buffer, start, size.length + count + 2);
        count = 0;
    }

    @Override
    public void close() throws IOException {
        if (!isClosed) {
            isClosed = true;
            flush();
            send(LAST, 0, LAST.length);
        }
    }

    private void send(byte[] bytes, int offset, int length) throws IOException {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            throw new PeerClosed(e);
        }
    }
}
