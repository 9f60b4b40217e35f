package dev.priok.logs.internal;

import dev.priok.logs.LogQuery;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Finds records from the end of a file backwards, reading no more than it must. */
final class BackwardScan {
    private static final int BLOCK_BYTES = 64 << 10;

    private final FileChannel file;
    private final byte[] block = new byte[BLOCK_BYTES];
    private long blockStart;
    private int filled;

    private BackwardScan(FileChannel file, long end) {
        this.file = file;
        blockStart = end;
    }

    /** Where the last newline ends; 0 when there is none. */
    static long endOfLastRecord(FileChannel file, long size) throws IOException {
        return new BackwardScan(file, size).newlineBefore(size) + 1;
    }

    /** Finds the last {@code count} records that the query wants, below {@code size}; fewer when the file has no more. */
    static RecordFormat.Found lastRecords(FileChannel file, long size, long count, LogQuery query) throws IOException {
        boolean all = query.stdout() && query.stderr();
        BackwardScan scan = new BackwardScan(file, size);
        JsonRecord json = new JsonRecord();
        long end = scan.newlineBefore(size);
        long found = 0;
        while (found < count && end >= 0) {
            long before = scan.newlineBefore(end);
            if (all || wanted(file, before + 1, end, json, query)) {
                found++;
            }
            end = before;
        }
        return new RecordFormat.Found(end + 1, found);
    }

    private static boolean wanted(FileChannel file, long from, long to, JsonRecord json, LogQuery query)
            throws IOException {
        if (to - from > RecordReader.MAXIMUM_RECORD_BYTES) {
            return false;
        }
        byte[] record = new byte[(int) (to - from)];
        ByteBuffer into = ByteBuffer.wrap(record);
        int n;
        do {
            n = file.read(into, from + into.position());
        } while (n > 0 && into.hasRemaining());
        return json.read(record, 0, into.position()) && query.wants(json.stream());
    }

    /** Offset of the last newline below {@code position}, which never grows from call to call; -1 when there is none. */
    private long newlineBefore(long position) throws IOException {
        long at = position;
        while (true) {
            for (int i = (int) (at - blockStart) - 1; i >= 0 && i < filled; i--) {
                if (block[i] == '\n') {
                    return blockStart + i;
                }
            }
            if (blockStart == 0) {
                return -1;
            }
            at = Math.min(at, blockStart);
            long from = Math.max(0, at - BLOCK_BYTES);
            ByteBuffer into = ByteBuffer.wrap(block, 0, (int) (at - from));
            while (into.hasRemaining()) {
                if (file.read(into, from + into.position()) < 0) {
                    throw new IOException("log became shorter while it was read");
                }
            }
            filled = into.position();
            blockStart = from;
        }
    }
}
