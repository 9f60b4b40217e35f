package dev.priok.logs.internal;

import dev.priok.logs.LogDriver;
import dev.priok.logs.LogStream;

/**
 * Cuts one stream into lines. What it makes of the bytes depends on nothing but them and on being begun where a line or part
 * began: recovery rests on that.
 */
final class LineSplitter {
    /** Most streams hold back no more than a prompt. */
    private static final int INITIAL_PENDING_BYTES = 256;

    private static final byte[] NONE = {};

    private final LogStream stream;
    private byte[] pending = NONE;
    private int pendingBytes;
    private long partTime;
    private boolean inParts;

    /** Tells when a line was written. */
    @FunctionalInterface
    interface Times {
        /** The time of a line that ends so many bytes behind the start of the new ones. */
        long epochNanos(int end);
    }

    LineSplitter(LogStream stream) {
        this.stream = stream;
    }

    /** How many bytes are held back because their line has no end yet; less than a whole part. */
    int pendingBytes() {
        return pendingBytes;
    }

    /** Forgets what is held back: it will be given again. */
    void reset() {
        pending = NONE;
        pendingBytes = 0;
        inParts = false;
    }

    /** Puts what was held back into the batch, before the new bytes are put behind it; returns where it begins. */
    int begin(LineBatch batch) {
        return batch.put(pending, pendingBytes);
    }

    /** Cuts all from {@code start} to the batch's end, where the held back bytes are followed by the new ones. */
    void split(LineBatch batch, int start, Times times) {
        byte[] data = batch.bytes();
        int end = batch.length();
        int fresh = start + pendingBytes;
        int lineStart = start;
        for (int i = fresh; i < end; i++) {
            if (data[i] == '\n') {
                line(batch, lineStart, i + 1, times.epochNanos(i + 1 - fresh));
                lineStart = i + 1;
                inParts = false;
            } else if (i + 1 - lineStart == LogDriver.MAXIMUM_LINE_BYTES) {
                long time = times.epochNanos(i + 1 - fresh);
                line(batch, lineStart, i + 1, time);
                lineStart = i + 1;
                partTime = inParts ? partTime : time;
                inParts = true;
            }
        }
        keep(data, lineStart, end);
    }

    /** Gives out what is held back as a last part. */
    void finish(LineBatch batch, long epochNanos) {
        if (pendingBytes > 0) {
            int start = begin(batch);
            line(batch, start, batch.length(), epochNanos);
        }
        reset();
    }

    /** Parts of one line have the time of its first, as Docker's. */
    private void line(LineBatch batch, int from, int to, long epochNanos) {
        batch.line(stream, inParts ? partTime : epochNanos, from, to);
    }

    private void keep(byte[] data, int from, int to) {
        pendingBytes = to - from;
        if (pendingBytes == 0) {
            pending = NONE;
            return;
        }
        if (pending.length < pendingBytes) {
            int size = Math.max(INITIAL_PENDING_BYTES, Integer.highestOneBit(pendingBytes) * 2);
            pending = new byte[Math.min(size, LogDriver.MAXIMUM_LINE_BYTES)];
        }
        System.arraycopy(data, from, pending, 0, pendingBytes);
    }
}
