package dev.priok.logs.internal;

import dev.priok.logs.LogEntry;
import java.io.Closeable;
import java.io.IOException;

/** Where a log is sent to. Used by one thread at a time. */
interface LogSink extends Closeable {
    /**
     * Connects, unless it is connected; takes at most some seconds.
     *
     * @throws IOException when nobody answers there
     */
    void open() throws IOException;

    /**
     * Sends one entry. After an exception it is closed, and the entry is to be sent again.
     *
     * @throws IOException when it was not taken
     */
    void send(LogEntry entry) throws IOException, InterruptedException;

    @Override
    void close() throws IOException;
}
