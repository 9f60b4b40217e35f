package dev.priok.logs.internal;

import java.io.IOException;

/** Splits a log's bytes into records. A record is valid until the next call. */
interface RecordReader {
    /** No record is longer: a line of 16 KiB escapes to less than 100 KiB; the rest is room for attributes. */
    int MAXIMUM_RECORD_BYTES = 1 << 20;

    /** Goes on in another file; what is left of the one before has no end and is damaged. */
    void go(Segment next);

    /** Counts a record without an end as damaged. */
    void endSegment();

    /** Finds the next record; false when the segment has no whole one now. */
    boolean next() throws IOException;

    /** Where the record after this one begins, counted from where the segment began. */
    long passedBytes();

    byte[] bytes();

    int from();

    int to();

    /** Records that were too long or had no end. */
    long damaged();

    /** Whether a whole record is waiting in memory. */
    boolean buffered();
}
