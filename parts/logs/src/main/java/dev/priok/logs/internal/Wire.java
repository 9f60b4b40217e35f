package dev.priok.logs.internal;

import java.io.Closeable;
import java.io.IOException;

/** Carries messages to a log server. */
interface Wire extends Closeable {
    /** Connects, unless it is connected. */
    void open() throws IOException;

    /** Sends one message whole. */
    void send(byte[] message) throws IOException, InterruptedException;

    /** May be opened again. */
    @Override
    void close() throws IOException;
}
