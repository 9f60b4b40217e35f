package dev.priok.logs.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Goes through a {@link LocalFormat} file from its end, reading blocks. */
final class SizedScan {
    private static final int BLOCK_BYTES = 64 << 10;

    private final FileChannel file;
    private final ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
    private long blockStart;

    SizedScan(FileChannel file) {
        this.file = file;
        block.limit(0);
    }

    /** Where the record begins that ends at {@code end}; negative when none does. */
    long recordBefore(long end) throws IOException {
        if (end < 2L * LocalFormat.SIZE_BYTES + 1) {
            return -1;
        }
        int size = intAt(end - LocalFormat.SIZE_BYTES);
        long start = end - size - 2L * LocalFormat.SIZE_BYTES;
        boolean plausible = size > 0 && size <= RecordReader.MAXIMUM_RECORD_BYTES && start >= 0;
        return plausible && intAt(start) == size ? start : -1;
    }

    /** Reads the record that lies there. */
    boolean read(LogRecord record, long start, long end) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) (end - start - 2L * LocalFormat.SIZE_BYTES));
        fill(bytes, start + LocalFormat.SIZE_BYTES);
        return record.read(bytes.array(), 0, bytes.position());
    }

    private int intAt(long offset) throws IOException {
        if (offset < blockStart || offset + Integer.BYTES > blockStart + block.limit()) {
            blockStart = Math.max(0, offset + Integer.BYTES - BLOCK_BYTES);
            block.clear().limit((int) (offset + Integer.BYTES - blockStart));
            fill(block, blockStart);
            block.flip();
        }
        int at = (int) (offset - blockStart);
        // A file that became shorter has no record here.
        return at + Integer.BYTES <= block.limit() ? block.getInt(at) : -1;
    }

    private void fill(ByteBuffer into, long from) throws IOException {
        int n;
        do {
            n = file.read(into, from + into.position());
        } while (n > 0 && into.hasRemaining());
    }
}
