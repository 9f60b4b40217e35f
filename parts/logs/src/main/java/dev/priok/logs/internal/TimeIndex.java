package dev.priok.logs.internal;

import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Fd;
import dev.priok.logs.Journals;
import dev.priok.logs.LogStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** When the monitor moved output while no daemon was there, by journal offset; see {@link Journals}. */
final class TimeIndex {
    /** The monitor stops at a bound; a larger file is not its work. */
    private static final int MAXIMUM_BYTES = 64 << 20;

    static final TimeIndex EMPTY = new TimeIndex(new long[0][], new long[0][]);

    private final long[][] ends;
    private final long[][] times;

    private TimeIndex(long[][] ends, long[][] times) {
        this.ends = ends;
        this.times = times;
    }

    /** Reads it all; what is torn at the end is left out. */
    static TimeIndex read(Fd index) throws IOException {
        DescriptorCalls calls = DescriptorCalls.host();
        long size = calls.seek(index, 0, 2);
        int records = (int) Math.min(size, MAXIMUM_BYTES) / Journals.INDEX_RECORD_BYTES;
        if (records == 0) {
            return EMPTY;
        }
        ByteBuffer all =
                ByteBuffer.allocateDirect(records * Journals.INDEX_RECORD_BYTES).order(ByteOrder.nativeOrder());
        while (all.hasRemaining() && calls.pread(index, all, all.position()) > 0) {
            // goes on until all is read
        }
        all.flip();
        int streams = LogStream.values().length;
        int[] counts = new int[streams];
        long[][] ends = new long[streams][records];
        long[][] times = new long[streams][records];
        for (int at = 0; at + Journals.INDEX_RECORD_BYTES <= all.limit(); at += Journals.INDEX_RECORD_BYTES) {
            int stream = all.getInt(at + 16) - 1;
            if (stream >= 0 && stream < streams) {
                times[stream][counts[stream]] = all.getLong(at);
                ends[stream][counts[stream]++] = all.getLong(at + 8);
            }
        }
        for (int i = 0; i < streams; i++) {
            ends[i] = Arrays.copyOf(ends[i], counts[i]);
            times[i] = Arrays.copyOf(times[i], counts[i]);
        }
        return new TimeIndex(ends, times);
    }

    boolean isEmpty() {
        return ends.length == 0;
    }

    /** When the byte before {@code offset} was moved; {@code otherwise} when the index does not say. */
    long timeOf(LogStream stream, long offset, long otherwise) {
        if (isEmpty()) {
            return otherwise;
        }
        long[] ofStream = ends[stream.index()];
        int found = Arrays.binarySearch(ofStream, offset);
        int at = found >= 0 ? found : -found - 1;
        return at < ofStream.length ? times[stream.index()][at] : otherwise;
    }
}
