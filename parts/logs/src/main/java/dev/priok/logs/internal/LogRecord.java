package dev.priok.logs.internal;

import dev.priok.logs.LogStream;
import java.util.Map;

/** One record of a log file, read in place. Reused from record to record. */
interface LogRecord {
    /** Reads the record in {@code array}; false when it is damaged. */
    boolean read(byte[] array, int from, int to);

    LogStream stream();

    long epochNanos();

    /** The line, decoded into an array of its own. */
    byte[] line();

    /** How many bytes the container wrote for this line. */
    int lineBytes();

    /** Labels, variables and tag; empty when there are none. */
    Map<String, String> attributes();
}
