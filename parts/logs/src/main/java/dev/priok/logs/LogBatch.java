package dev.priok.logs;

/**
 * Lines of one container in the order in which they were taken, for {@link LogDriver#write}. The batch and its arrays are
 * reused: nothing of it may be kept past the call.
 */
public interface LogBatch {
    /** Number of lines. */
    int size();

    LogStream stream(int line);

    /** When the line was written, in nanoseconds since the epoch. */
    long epochNanos(int line);

    /** The array in which all lines lie. */
    byte[] bytes();

    /** Where the line begins in {@link #bytes}. */
    int from(int line);

    /**
     * Where the line ends in {@link #bytes}, behind its newline. A line without one is a part: its stream's next line goes on
     * with it (a part is cut at {@link LogDriver#MAXIMUM_LINE_BYTES}, or ended by the end of the stream).
     */
    int to(int line);

    /** Room of at least that many bytes for the driver's format, as long as the call lasts; what was in it may be lost. */
    byte[] scratch(int bytes);
}
