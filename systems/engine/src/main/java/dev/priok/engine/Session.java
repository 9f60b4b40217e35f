package dev.priok.engine;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/**
 * A client joined to the streams of a container or of an exec session. It is made after all checks that a caller can be told of
 * in an ordinary response; {@link #connect} then begins (and starts the process of an exec session).
 */
public interface Session extends AutoCloseable {
    /** Whether the process has a terminal, so that output is one raw stream. */
    boolean tty();

    /**
     * Lets output flow into {@code sink}. Returns at once. An exec process that cannot be started writes the reason into the
     * sink and ends the session.
     */
    void connect(OutputSink sink);

    /**
     * Gives the process input; blocks while it does not read. Input for a process that has closed its end is dropped. The
     * detach keys, when seen, end the session.
     */
    void write(byte[] buffer, int offset, int length) throws IOException;

    /** The client sends no more. */
    void closeInput();

    /** Completes when the last byte of output has been handed to the sink, or the session ended otherwise. */
    CompletableFuture<Ended> ended();

    /** The client is gone: detaches it; the process goes on. */
    @Override
    void close();

    /** Why a session ended. */
    enum Ended {
        /** The process closed its output. */
        OUTPUT_ENDED,
        /** The user typed the detach keys. */
        DETACHED,
        /** The client closed it, failed, or read too slowly. */
        CLIENT_GONE
    }
}
