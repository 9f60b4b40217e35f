package dev.priok.logs.internal;

import java.io.IOException;
import java.util.Arrays;

/** Records that lie between newlines. */
final class LineRecords implements RecordReader {
    private static final int BUFFER_BYTES = 64 << 10;

    private Segment segment;
    private byte[] buffer = new byte[BUFFER_BYTES];
    private int start;
    private int filled;
    private int from;
    private int to;
    private boolean overlong;
    private long damaged;
    private long dropped;

    LineRecords(Segment segment) {
        this.segment = segment;
    }

    @Override
    public void go(Segment next) {
        endSegment();
        segment = next;
    }

    @Override
    public void endSegment() {
        if (start < filled || overlong) {
            damaged++;
        }
        start = 0;
        filled = 0;
        dropped = 0;
        overlong = false;
    }

    @Override
    public boolean next() throws IOException {
        int scanned = start;
        while (true) {
            for (int i = scanned; i < filled; i++) {
                if (buffer[i] == '\n') {
                    from = start;
                    to = i;
                    start = i + 1;
                    if (!overlong) {
                        return true;
                    }
                    overlong = false;
                    damaged++;
                    scanned = start;
                }
            }
            scanned = makeRoom();
            int n = segment.read(buffer, filled, buffer.length);
            if (n <= 0) {
                return false;
            }
            filled += n;
        }
    }

    /** Makes room behind what is left and returns where new bytes will be. */
    private int makeRoom() {
        if (overlong) {
            start = filled;
        }
        dropped += start;
        if (start > 0) {
            System.arraycopy(buffer, start, buffer, 0, filled - start);
            filled -= start;
            start = 0;
        }
        if (filled == buffer.length) {
            if (buffer.length >= MAXIMUM_RECORD_BYTES) {
                overlong = true;
                dropped += filled;
                filled = 0;
            } else {
                buffer = Arrays.copyOf(buffer, buffer.length * 2);
            }
        }
        return filled;
    }

    @Override
    public long passedBytes() {
        return dropped + start;
    }

    @Override
    public byte[] bytes() {
        return buffer;
    }

    @Override
    public int from() {
        return from;
    }

    @Override
    public int to() {
        return to;
    }

    @Override
    public long damaged() {
        return damaged;
    }

    @Override
    public boolean buffered() {
        for (int i = start; i < filled; i++) {
            if (buffer[i] == '\n') {
                return true;
            }
        }
        return false;
    }
}
