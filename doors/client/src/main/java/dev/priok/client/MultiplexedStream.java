package dev.priok.client;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Takes apart the frames in which the daemon sends stdout and stderr over one connection: one byte of stream number, three
 * zeros, four bytes of length (big-endian), then the bytes.
 *
 * @see <a href="https://docs.docker.com/reference/api/engine/">stream format of the attach call</a>
 */
public final class MultiplexedStream {
    private static final int HEADER_BYTES = 8;
    private static final int COPY_BYTES = 32 * 1024;
    /** Longest message of the daemon itself that is shown; more would be an attack on memory. */
    private static final int MAXIMUM_SYSTEM_ERROR_BYTES = 64 * 1024;

    private MultiplexedStream() {}

    /**
     * Copies until the stream ends, flushing after every frame.
     *
     * @throws IOException when the stream breaks inside a frame, carries an unknown stream number, or a writer fails; the
     *     daemon's own error frame becomes its message
     */
    public static void copy(InputStream in, OutputStream out, OutputStream err) throws IOException {
        byte[] header = new byte[HEADER_BYTES];
        byte[] buffer = new byte[COPY_BYTES];
        while (true) {
            int got = in.readNBytes(header, 0, HEADER_BYTES);
            if (got == 0) {
                return;
            }
            if (got < HEADER_BYTES) {
                throw new EOFException("stream ended inside a frame header");
            }
            long length = ((header[4] & 0xffL) << 24)
                    | ((header[5] & 0xffL) << 16)
                    | ((header[6] & 0xffL) << 8)
                    | (header[7] & 0xffL);
            switch (header[0]) {
                case 0, 1 -> copyFrame(in, out, length, buffer);
                case 2 -> copyFrame(in, err, length, buffer);
                case 3 -> throw systemError(in, length);
                default -> throw new IOException("unrecognized stream number " + (header[0] & 0xff));
            }
        }
    }

    private static IOException systemError(InputStream in, long length) throws IOException {
        byte[] message = in.readNBytes((int) Math.min(length, MAXIMUM_SYSTEM_ERROR_BYTES));
        return new IOException("error from daemon in stream: " + new String(message, StandardCharsets.UTF_8));
    }

    private static void copyFrame(InputStream in, OutputStream to, long length, byte[] buffer) throws IOException {
        long left = length;
        while (left > 0) {
            int n = in.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (n < 0) {
                throw new EOFException("stream ended inside a frame");
            }
            to.write(buffer, 0, n);
            left -= n;
        }
        to.flush();
    }
}
