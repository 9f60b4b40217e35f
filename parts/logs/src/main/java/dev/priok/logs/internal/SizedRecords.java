package dev.priok.logs.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Records of a {@link LocalFormat} file. Behind damage it goes on with what looks like a record again. */
final class SizedRecords extends BufferedRecords {
    /** How every message begins, behind its size: field 1, six bytes, {@code std}. */
    private static final byte[] BEGIN = {0x0A, 6, 's', 't', 'd'};

    private boolean lost;

    SizedRecords(Segment segment) {
        super(segment);
    }

    @Override
    public void endSegment() {
        if (start < filled && !lost) {
            damaged++;
        }
        clear();
        lost = false;
    }

    @Override
    public boolean next() throws IOException {
        while (true) {
            int size = size();
            if (size < 0) {
                skipDamage();
            } else if (size > 0) {
                from = start + LocalFormat.SIZE_BYTES;
                to = from + size;
                start = to + LocalFormat.SIZE_BYTES;
                lost = false;
                return true;
            }
            if (size <= 0 && (size == 0 || filled - start < LocalFormat.SIZE_BYTES + BEGIN.length) && !fill()) {
                return false;
            }
        }
    }

    /** The size of the record at {@link #start}; 0 when not all of it is there, negative when it is none. */
    private int size() {
        int there = filled - start;
        if (there < LocalFormat.SIZE_BYTES) {
            return 0;
        }
        ByteBuffer bytes = ByteBuffer.wrap(buffer);
        int size = bytes.getInt(start);
        if (size <= 0 || size > MAXIMUM_RECORD_BYTES) {
            return -1;
        }
        if (there < size + 2 * LocalFormat.SIZE_BYTES) {
            return 0;
        }
        return bytes.getInt(start + LocalFormat.SIZE_BYTES + size) == size ? size : -1;
    }

    private void skipDamage() {
        if (!lost) {
            damaged++;
            lost = true;
        }
        int last = filled - LocalFormat.SIZE_BYTES - BEGIN.length;
        for (int i = start + 1; i <= last; i++) {
            int at = i + LocalFormat.SIZE_BYTES;
            if (Arrays.equals(buffer, at, at + BEGIN.length, BEGIN, 0, BEGIN.length)) {
                start = i;
                return;
            }
        }
        start = Math.max(start, last + 1);
    }

    private boolean fill() throws IOException {
        compact();
        if (filled == buffer.length) {
            grow();
        }
        int n = segment.read(buffer, filled, buffer.length);
        filled += Math.max(n, 0);
        return n > 0;
    }

    @Override
    public boolean buffered() {
        return size() > 0;
    }
}
