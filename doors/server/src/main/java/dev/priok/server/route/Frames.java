package dev.priok.server.route;

import dev.priok.engine.OutputSink;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Output of a process on its way to a client: as it is for a terminal, else in frames of an eight byte header (stream, three
 * zeros, big-endian length) and the payload. A frame goes out in one write.
 */
final class Frames implements OutputSink {
    private static final int HEADER_BYTES = 8;

    /** Bounds the buffer that joins header and payload; the engine's reads are of this order. */
    private static final int MAX_PAYLOAD_BYTES = 64 << 10;

    private final OutputStream out;
    private final boolean raw;
    private byte[] frame = {};

    private Frames(OutputStream out, boolean raw) {
        this.out = out;
        this.raw = raw;
    }

    /** Bytes as they are. */
    static Frames raw(OutputStream out) {
        return new Frames(out, true);
    }

    /** Bytes in frames. */
    static Frames multiplexed(OutputStream out) {
        return new Frames(out, false);
    }

    @Override
    public void write(Channel channel, byte[] buffer, int offset, int length) throws IOException {
        if (raw) {
            out.write(buffer, offset, length);
            return;
        }
        int at = offset;
        int end = offset + length;
        while (at < end) {
            int n = Math.min(end - at, MAX_PAYLOAD_BYTES);
            frame(channel, buffer, at, n);
            at += n;
        }
    }

    private void frame(Channel channel, byte[] buffer, int offset, int length) throws IOException {
        if (frame.length < HEADER_BYTES + length) {
            frame = new byte[HEADER_BYTES + Math.max(length, 4096)];
        }
        frame[0] = (byte) (channel == Channel.STDOUT ? 1 : 2);
        frame[4] = (byte) (length >> 24);
        frame[5] = (byte) (length >> 16);
        frame[6] = (byte) (length >> 8);
        frame[7] = (byte) length;
        System.arraycopy(buffer, offset, frame, HEADER_BYTES, length);
        out.write(frame, 0, HEADER_BYTES + length);
    }
}
