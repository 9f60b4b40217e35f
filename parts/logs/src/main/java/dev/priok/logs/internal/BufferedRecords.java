package dev.priok.logs.internal;

import java.util.Arrays;

/** A buffer over a segment, and what is counted while records are found in it. */
abstract class BufferedRecords implements RecordReader {
    private static final int INITIAL_BYTES = 64 << 10;

    /** What is read from. */
    protected Segment segment;

    protected byte[] buffer = new byte[INITIAL_BYTES];

    /** Where in the buffer the first byte is that belongs to no record yet. */
    protected int start;

    /** End of what was read into the buffer. */
    protected int filled;

    /** First byte of the current record. */
    protected int from;

    /** Behind the last byte of the current record. */
    protected int to;

    protected long damaged;

    /** Bytes of the segment that are in the buffer no more. */
    protected long dropped;

    BufferedRecords(Segment segment) {
        this.segment = segment;
    }

    /** Forgets what was read. */
    protected final void clear() {
        start = 0;
        filled = 0;
        dropped = 0;
    }

    /** Moves what belongs to no record yet to the front. */
    protected final void compact() {
        dropped += start;
        if (start > 0) {
            System.arraycopy(buffer, start, buffer, 0, filled - start);
            filled -= start;
            start = 0;
        }
    }

    protected final void grow() {
        buffer = Arrays.copyOf(buffer, buffer.length * 2);
    }

    @Override
    public final void go(Segment next) {
        endSegment();
        segment = next;
    }

    @Override
    public final long passedBytes() {
        return dropped + start;
    }

    @Override
    public final byte[] bytes() {
        return buffer;
    }

    @Override
    public final int from() {
        return from;
    }

    @Override
    public final int to() {
        return to;
    }

    @Override
    public final long damaged() {
        return damaged;
    }
}
