package dev.priok.logs.internal;

import dev.priok.logs.LogBatch;
import dev.priok.logs.LogQuery;
import dev.priok.logs.LogStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * Docker's local: a protobuf message between its size before and behind it, both {@code uint32} in big-endian order, so that a file
 * can be read from either end (moby {@code daemon/logger/internal/logdriver/entry.proto}). A line lies in it without its newline; the
 * parts of a long line say which part of which line they are.
 */
final class LocalFormat implements RecordFormat {
    static final int SIZE_BYTES = 4;

    /** Sizes, source, time, and what is said of a part. */
    private static final int RECORD_OVERHEAD = 128;

    private static final int LONGEST_VARINT_BYTES = 10;

    private static final byte[][] SOURCES = {source("stdout"), source("stderr")};

    private final byte[] attributes;
    private final JsonWriter message = new JsonWriter(RECORD_OVERHEAD);
    private final JsonWriter part = new JsonWriter(RECORD_OVERHEAD);

    /** By stream: how many parts of the line that is not finished were written, and when it began. */
    private final int[] ordinals = new int[LogStream.values().length];

    private final long[] partsBegan = new long[LogStream.values().length];

    LocalFormat(Map<String, String> attributes) {
        JsonWriter all = new JsonWriter(RECORD_OVERHEAD);
        for (Map.Entry<String, String> attribute : new TreeMap<>(attributes).entrySet()) {
            JsonWriter one = new JsonWriter(RECORD_OVERHEAD);
            text(one, 0x0A, attribute.getKey().getBytes(StandardCharsets.UTF_8));
            text(one, 0x12, attribute.getValue().getBytes(StandardCharsets.UTF_8));
            text(all, 0x32, one.toByteArray());
        }
        this.attributes = all.toByteArray();
    }

    private static byte[] source(String name) {
        JsonWriter source = new JsonWriter(SIZE_BYTES * 2);
        text(source, 0x0A, name.getBytes(StandardCharsets.US_ASCII));
        return source.toByteArray();
    }

    private static void text(JsonWriter out, int tag, byte[] bytes) {
        out.raw((char) tag);
        varint(out, bytes.length);
        out.raw(bytes);
    }

    private static void varint(JsonWriter out, long value) {
        long left = value;
        while ((left & ~0x7FL) != 0) {
            out.raw((char) ((left & 0x7F) | 0x80));
            left >>>= 7;
        }
        out.raw((char) left);
    }

    @Override
    public int overheadBytes() {
        return RECORD_OVERHEAD + attributes.length;
    }

    @Override
    public void reset() {
        java.util.Arrays.fill(ordinals, 0);
    }

    @Override
    public void format(LogBatch batch, int line, JsonWriter out) {
        int from = batch.from(line);
        int to = batch.to(line);
        boolean ends = to > from && batch.bytes()[to - 1] == '\n';
        int lineBytes = ends ? to - 1 - from : to - from;
        message.clear();
        message.raw(SOURCES[batch.stream(line).index()]);
        message.raw((char) 0x10);
        varint(message, batch.epochNanos(line));
        int tail = part(batch, line, ends);
        int size = message.length() + (lineBytes == 0 ? 0 : 1 + varintBytes(lineBytes) + lineBytes) + tail;
        size(out, size);
        out.raw(message.array(), 0, message.length());
        if (lineBytes > 0) {
            out.raw((char) 0x1A);
            varint(out, lineBytes);
            out.raw(batch.bytes(), from, lineBytes);
        }
        out.raw(part.array(), 0, part.length());
        out.raw(attributes);
        size(out, size);
    }

    /** Writes what comes behind the line into {@link #part}; returns how much that is with the attributes. */
    private int part(LogBatch batch, int line, boolean ends) {
        int stream = batch.stream(line).index();
        part.clear();
        if (!ends || ordinals[stream] > 0) {
            if (ordinals[stream] == 0) {
                partsBegan[stream] = batch.epochNanos(line);
            }
            int ordinal = ++ordinals[stream];
            byte[] id = "%016x%d".formatted(partsBegan[stream], stream).getBytes(StandardCharsets.US_ASCII);
            part.raw((char) 0x20);
            part.raw((char) 1);
            part.raw((char) 0x2A);
            varint(part, (ends ? 2 : 0) + 2 + id.length + 1 + varintBytes(ordinal));
            if (ends) {
                part.raw((char) 0x08);
                part.raw((char) 1);
            }
            text(part, 0x12, id);
            part.raw((char) 0x18);
            varint(part, ordinal);
            if (ends) {
                ordinals[stream] = 0;
            }
        }
        return part.length() + attributes.length;
    }

    private static int varintBytes(int value) {
        return Math.min(LONGEST_VARINT_BYTES, Math.max(1, (38 - Integer.numberOfLeadingZeros(value)) / 7));
    }

    private static void size(JsonWriter out, int size) {
        for (int shift = 24; shift >= 0; shift -= 8) {
            out.raw((char) ((size >> shift) & 0xFF));
        }
    }

    @Override
    public LogRecord record() {
        return new LocalRecord();
    }

    @Override
    public RecordReader reader(Segment segment) {
        return new SizedRecords(segment);
    }

    @Override
    public long endOfLastRecord(FileChannel file, long size) throws IOException {
        if (size == 0 || new SizedScan(file).recordBefore(size) >= 0) {
            return size;
        }
        RecordReader reader = reader(plain(file, size));
        long end = 0;
        while (reader.next()) {
            end = reader.passedBytes();
        }
        return end;
    }

    @Override
    public Found lastRecords(FileChannel file, long size, long count, LogQuery query) throws IOException {
        SizedScan scan = new SizedScan(file);
        LogRecord record = record();
        boolean all = query.stdout() && query.stderr();
        long at = size;
        long found = 0;
        while (found < count && at > 0) {
            long before = scan.recordBefore(at);
            if (before < 0) {
                // Damage: only from the front can it be told what is a record.
                return ForwardTail.lastRecords(this, () -> plain(file, size), count, query);
            }
            if (all || (scan.read(record, before, at) && query.wants(record.stream()))) {
                found++;
            }
            at = before;
        }
        return new Found(at, found);
    }

    private static Segment plain(FileChannel file, long size) {
        Segment.PlainSegment segment = Segment.plain(file, 0);
        segment.limit(size);
        return segment;
    }
}
