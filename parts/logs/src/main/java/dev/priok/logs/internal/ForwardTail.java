package dev.priok.logs.internal;

import dev.priok.logs.LogQuery;
import java.io.IOException;

/** The last records of what can only be read forwards, such as a compressed file: once to count, once to find the place. */
final class ForwardTail {
    private ForwardTail() {}

    /** Opens the file anew, to be read from its beginning. */
    @FunctionalInterface
    interface Source {
        Segment open() throws IOException;
    }

    static RecordFormat.Found lastRecords(RecordFormat format, Source source, long count, LogQuery query)
            throws IOException {
        long total = scan(format, source, query, Long.MAX_VALUE).records();
        if (total <= count) {
            return new RecordFormat.Found(0, total);
        }
        return new RecordFormat.Found(scan(format, source, query, total - count).offset(), count);
    }

    /** Passes over so many wanted records; tells how many there were and where the last of them ends. */
    private static RecordFormat.Found scan(RecordFormat format, Source source, LogQuery query, long pass)
            throws IOException {
        boolean all = query.stdout() && query.stderr();
        RecordReader reader = format.reader(source.open());
        LogRecord record = format.record();
        long records = 0;
        long offset = 0;
        while (records < pass && reader.next()) {
            offset = reader.passedBytes();
            if (all || (record.read(reader.bytes(), reader.from(), reader.to()) && query.wants(record.stream()))) {
                records++;
            }
        }
        return new RecordFormat.Found(offset, records);
    }
}
