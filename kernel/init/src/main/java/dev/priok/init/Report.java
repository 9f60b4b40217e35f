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

    /** What a report is about. */
    public enum Kind {
        /** The program was executed; value is the process's number. */
        STARTED(1),
        /** A step failed; value is the error number. */
        FAILED(2),
        /** A step met an error that it tolerates; value is the error number. */
        NOTED(3),
        /** The process ended; value is its status. */
        EXITED(4),
        /** The monitor has stopped moving output; value is the process's number. */
        READY(5),
        /** The monitor itself is there; value is its number. Kept in the file of events only. */
        MONITOR(6),
        /** The process waits for the daemon's word; value is what the step says. */
        PAUSED(7);

        private final int number;

        Kind(int number) {
            this.number = number;
        }

        /** The number that stands for it in a record. */
        public int number() {
            return number;
        }
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
        for (Kind known : Kind.values()) {
            if (known.number == kind) {
                return Optional.of(new Report(known, index, value, nanos));
            }
        }
        throw new IllegalArgumentException("not a report of kind " + kind);
    }
}
