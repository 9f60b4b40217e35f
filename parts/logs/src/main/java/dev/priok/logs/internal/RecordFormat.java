package dev.priok.logs.internal;

import dev.priok.logs.LogBatch;
import dev.priok.logs.LogQuery;
import java.io.IOException;
import java.nio.channels.FileChannel;

/** How a {@link FileDriver} lays lines down in its files, and finds them again. Its writing half is for one thread. */
interface RecordFormat {
    /**
     * What a scan from the end found.
     *
     * @param offset where the first wanted record begins
     * @param records how many wanted ones there are from there on
     */
    record Found(long offset, long records) {}

    /** The most that a record has beside the line, for the size of a buffer. */
    int overheadBytes();

    /** Appends one line of the batch as a record. */
    void format(LogBatch batch, int line, JsonWriter out);

    /** Forgets what it remembers of lines that were not finished: they will be given again. */
    default void reset() {}

    LogRecord record();

    RecordReader reader(Segment segment);

    /** Where the last whole record below {@code size} ends. */
    long endOfLastRecord(FileChannel file, long size) throws IOException;

    /** Finds the last {@code count} records that the query wants, below {@code size}; fewer when the file has no more. */
    Found lastRecords(FileChannel file, long size, long count, LogQuery query) throws IOException;
}
