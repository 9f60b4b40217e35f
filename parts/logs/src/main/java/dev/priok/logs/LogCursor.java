package dev.priok.logs;

import java.io.IOException;
import java.util.Optional;

/** Entries of a log, oldest first. For one thread, but for {@link #close}, which any thread may call to end a wait. */
public interface LogCursor extends AutoCloseable {
    /**
     * The next entry; empty at the end. When following it blocks until there is one, the run's output ends, or this is
     * closed. Records that cannot be read are skipped and counted.
     *
     * @throws InterruptedException when the waiting thread is interrupted
     */
    Optional<LogEntry> next() throws IOException, InterruptedException;

    /** Whether {@link #next} would have to wait: the moment to flush what was written so far. */
    boolean mayBlock() throws IOException;

    /** How many records were damaged, and left out. */
    long skipped();

    @Override
    void close();
}
