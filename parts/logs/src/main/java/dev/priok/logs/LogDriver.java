package dev.priok.logs;

import java.io.IOException;
import java.util.Optional;

/**
 * Keeps the log of one container, over all its runs. One thread writes (the pump's); any thread reads.
 *
 * <p>Lifecycle: {@link #recover} or not, then {@link #begin}, any number of {@link #write}, {@link #finish}; again for the next
 * run; {@link #close} at the end. Reading needs none of them.
 */
public interface LogDriver extends AutoCloseable {
    /** Longer lines are cut into parts, as Docker does (moby {@code daemon/logger/copier.go}). */
    int MAXIMUM_LINE_BYTES = 16 * 1024;

    /**
     * A place in the log: all before it was written before.
     *
     * @param file which file; an inode number
     * @param offset in bytes
     */
    record Mark(long file, long offset) {
        /** For a driver that cannot find its place again. */
        public static final Mark NONE = new Mark(0, 0);
    }

    /** Told when the log goes on in another file, so that the place can be noted before the old one may vanish. */
    @FunctionalInterface
    interface Marks {
        /**
         * The first {@code lines} lines of the batch are in the log, and the next goes to {@code mark}.
         *
         * @throws IOException when it could not be noted; the log then stays in the old file
         */
        void moved(Mark mark, int lines) throws IOException;
    }

    /**
     * How much of each stream lies behind a mark.
     *
     * @param stdoutBytes bytes as the container wrote them
     * @param stderrBytes bytes as the container wrote them
     */
    record Behind(long stdoutBytes, long stderrBytes) {
        public static final Behind NOTHING = new Behind(0, 0);
    }

    /** A run begins or goes on: followers from now on wait for {@link #finish}. */
    void begin() throws IOException;

    /** Whether lines go anywhere; if not, {@link #write} need not be called. */
    default boolean keeps() {
        return true;
    }

    /**
     * Writes all lines, in one write where it can.
     *
     * @throws IOException when the log took nothing after the last {@link Marks#moved}; the lines are then given again
     */
    void write(LogBatch batch, Marks marks) throws IOException;

    /** Where the next line goes. */
    Mark mark() throws IOException;

    /**
     * Repairs the log after a crash (a torn last line is cut off, a rotation is ended) and counts what lies behind
     * {@code mark}. Never call it while the log is written.
     */
    Behind recover(Mark mark) throws IOException;

    /** For {@code mode=non-blocking}: what is dropped, and how much was; empty when the container waits for its log. */
    default Optional<Overflow> overflow() {
        return Optional.empty();
    }

    /** The run's output has ended: followers come to their end. */
    void finish();

    /**
     * Opens the log for reading; empty when this driver's logs cannot be read.
     *
     * @throws IOException when the log's files cannot be opened
     */
    Optional<LogCursor> read(LogQuery query) throws IOException;

    /** The file where the log is now ({@code LogPath} of an inspected container); empty when it is not a file. */
    Optional<java.nio.file.Path> path();

    /** Waits for work in the background and closes what is open; does not remove the log. */
    @Override
    void close() throws IOException;
}
