package dev.priok.logs.internal;

import dev.priok.logs.LogBatch;
import dev.priok.logs.LogStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** The one batch that the pump fills again and again. */
final class LineBatch implements LogBatch {
    private static final LogStream[] STREAMS = LogStream.values();
    private static final int INITIAL_LINES = 1024;

    private byte[] data = new byte[256 << 10];
    private int length;
    private int[] from = new int[INITIAL_LINES];
    private int[] to = new int[INITIAL_LINES];
    private long[] times = new long[INITIAL_LINES];
    private byte[] streams = new byte[INITIAL_LINES];
    private int lines;
    private byte[] scratch = new byte[0];

    void clear() {
        length = 0;
        lines = 0;
    }

    /** Copies bytes in and returns where they begin. */
    int put(byte[] bytes, int count) {
        room(count);
        System.arraycopy(bytes, 0, data, length, count);
        length += count;
        return length - count;
    }

    /** Copies what is left of the buffer in and returns where it begins. */
    int put(ByteBuffer bytes) {
        int count = bytes.remaining();
        room(count);
        bytes.get(data, length, count);
        length += count;
        return length - count;
    }

    private void room(int count) {
        if (data.length - length < count) {
            data = Arrays.copyOf(data, Math.max(data.length * 2, length + count));
        }
    }

    /** Where the next bytes will go. */
    int length() {
        return length;
    }

    void line(LogStream stream, long epochNanos, int lineFrom, int lineTo) {
        if (lines == from.length) {
            from = Arrays.copyOf(from, lines * 2);
            to = Arrays.copyOf(to, lines * 2);
            times = Arrays.copyOf(times, lines * 2);
            streams = Arrays.copyOf(streams, lines * 2);
        }
        from[lines] = lineFrom;
        to[lines] = lineTo;
        times[lines] = epochNanos;
        streams[lines] = (byte) stream.index();
        lines++;
    }

    @Override
    public int size() {
        return lines;
    }

    @Override
    public LogStream stream(int line) {
        return STREAMS[streams[line]];
    }

    @Override
    public long epochNanos(int line) {
        return times[line];
    }

    @Override
    public byte[] bytes() {
        return data;
    }

    @Override
    public int from(int line) {
        return from[line];
    }

    @Override
    public int to(int line) {
        return to[line];
    }

    @Override
    public byte[] scratch(int bytes) {
        if (scratch.length < bytes) {
            scratch = new byte[bytes];
        }
        return scratch;
    }
}
