package dev.priok.logs.internal;

import java.nio.ByteBuffer;

/** What one pass of the pump works with; one object for all passes. */
final class Round {
    /** Taken from one source at a time: what a pipe holds (pipe(7)), so that one that never stops lets the others have their turn. */
    static final int TURN_BYTES = 64 << 10;

    final ByteBuffer buffer = ByteBuffer.allocateDirect(TURN_BYTES);
    final LineBatch batch = new LineBatch();
    long epochNanos;
    private int reads;
    private long bytes;

    void begin(long now) {
        epochNanos = now;
        reads = 0;
        bytes = 0;
    }

    void moved(long count) {
        reads++;
        bytes += count;
    }

    /** Whether sources had only little each, so that it would have been cheaper to wait for more. */
    boolean smallReads(int threshold) {
        return reads > 0 && bytes / reads < threshold;
    }
}
