package dev.priok.logs.internal;

import dev.priok.logs.LogQuery;
import java.io.IOException;
import java.nio.channels.FileChannel;

/** The last records of a compressed file, which can only be read forwards: once to count, once to find the place. */
final class CompressedTail {
    private CompressedTail() {}

    static BackwardScan.Found lastRecords(FileChannel file, long count, LogQuery query) throws IOException {
        long total = scan(file, query, Long.MAX_VALUE).records();
        if (total <= count) {
            return new BackwardScan.Found(0, total);
        }
        return new BackwardScan.Found(scan(file, query, total - count).offset(), count);
    }

    /** Passes over so many wanted records; tells how many there were and where the last of them ends. */
    private static BackwardScan.Found scan(FileChannel file, LogQuery query, long pass) throws IOException {
        boolean all = query.stdout() && query.stderr();
        RecordReader reader = new RecordReader(Segment.compressed(file, 0));
        JsonRecord json = new JsonRecord();
        long records = 0;
        long offset = 0;
        while (records < pass && reader.next()) {
            offset = reader.passedBytes();
            if (all || (json.read(reader.bytes(), reader.from(), reader.to()) && query.wants(json.stream()))) {
                records++;
            }
        }
        return new BackwardScan.Found(offset, records);
    }
}
