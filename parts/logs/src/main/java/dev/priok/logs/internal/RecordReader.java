package dev.priok.logs.internal;

import java.io.IOException;
import java.util.Arrays;

/** Splits a log's bytes into records: what lies between newlines. A record is valid until the next call. */
final class RecordReader {
    private static final int BUFFER_BYTES = 64 << 10;

    /** No record is longer: a line of 16 KiB escapes to less than 100 KiB; the rest is room for attributes. */
    static final int MAXIMUM_RECORD_BYTES = 1 << 20;

    private Segment segment;
    private byte[] buffer = new byte[BUFFER_BYTES];
    private int start;
    private int filled;
    private int from;
    private int to;
    private boolean overlong;
    private long damaged;
    private long dropped;

    RecordReader(Segment segment) {
        this.segment = segment;
    }

    /** Goes on in another file; what is left of the one before has no newline and is damaged. */
    void go(Segment next) {
        endSegment();
        segment = next;
    }

    /** Counts a record without an end as damaged. */
    void endSegment() {
        if (start < filled || overlong) {
            damaged++;
        }
        start = 0;
        filled = 0;
        dropped = 0;
        overlong = false;
    }

    /** Finds the next record; false when the segment has no whole one now. */
    boolean next() throws IOException {
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

    /** Where the record after this one begins, counted from where the segment began. */
    long passedBytes() {
        return dropped + start;
    }

    byte[] bytes() {
        return buffer;
    }

    int from() {
        return from;
    }

    int to() {
        return to;
    }

    /** Records that were too long or had no end. */
    long damaged() {
        return damaged;
    }

    /** Whether a whole record is waiting in memory. */
    boolean buffered() {
        for (int i = start; i < filled; i++) {
            if (buffer[i] == '\n') {
                return true;
            }
        }
        return false;
    }
}
