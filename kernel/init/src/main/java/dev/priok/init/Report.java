package dev.priok.init;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What a monitor tells: a record of {@value #BYTES} bytes in the machine's byte order, {@code int32} kind, {@code int32} index,
 * {@code int64} value, {@code int64} nanoseconds since 1970.
 *
 * @param kind what happened
 * @param index which entry of the program, for FAILED and NOTED; the pidfd's number in the monitor, for STARTED and READY
 * @param value the process's number, an error number, or a status as wait(2) tells it
 * @param nanos when, since 1970
 */
public record Report(Kind kind, int index, long value, long nanos) {
    public static final int BYTES = 24;

    /** What a report is about, in the order of the numbers from 1. */
    public enum Kind {
        /** The program was executed; value is the process's number. */
        STARTED,
        /** A step failed; value is the error number. */
        FAILED,
        /** A step met an error that it tolerates; value is the error number. */
        NOTED,
        /** The process ended; value is its status. */
        EXITED,
        /** The monitor has stopped moving output; value is the process's number. */
        READY
    }

    /** Takes the next whole record out of the buffer; empty when there is none. */
    public static Optional<Report> read(ByteBuffer in) {
        if (in.remaining() < BYTES) {
            return Optional.empty();
        }
        int kind = in.getInt();
        int index = in.getInt();
        long value = in.getLong();
        long nanos = in.getLong();
        if (kind < 1 || kind > Kind.values().length) {
            throw new IllegalArgumentException("not a report of kind " + kind);
        }
        return Optional.of(new Report(Kind.values()[kind - 1], index, value, nanos));
    }
}
