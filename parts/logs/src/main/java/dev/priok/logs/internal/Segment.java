package dev.priok.logs.internal;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.util.zip.GZIPInputStream;

/** Bytes of one log file, from some place on. */
interface Segment {
    /** Reads up to {@code limit} in the file if it is not negative; -1 when there is nothing now. */
    int read(byte[] into, int from, int to) throws IOException;

    /** A plain file, read from {@code offset}; it may grow. */
    static PlainSegment plain(FileChannel file, long offset) {
        return new PlainSegment(file, offset);
    }

    /** A compressed file. */
    static Segment compressed(FileChannel file, long skip) throws IOException {
        InputStream in = new GZIPInputStream(Channels.newInputStream(file.position(0)), 64 << 10);
        try {
            in.skipNBytes(skip);
        } catch (EOFException e) {
            throw new IOException("compressed log is shorter than it was", e);
        }
        return (into, from, to) -> in.read(into, from, to - from);
    }

    /** A file that is not compressed. */
    final class PlainSegment implements Segment {
        private final FileChannel file;
        private long position;
        private long limit = Long.MAX_VALUE;

        PlainSegment(FileChannel file, long position) {
            this.file = file;
            this.position = position;
        }

        /** Nothing past this offset is read. */
        void limit(long bytes) {
            limit = bytes;
        }

        long limit() {
            return limit;
        }

        /** Reads on from here. */
        void rewind(long to) {
            position = to;
        }

        long position() {
            return position;
        }

        @Override
        public int read(byte[] into, int from, int to) throws IOException {
            int wanted = (int) Math.min(to - from, limit - position);
            if (wanted <= 0) {
                return -1;
            }
            int n = file.read(ByteBuffer.wrap(into, from, wanted), position);
            position += Math.max(n, 0);
            return n;
        }
    }
}
