package dev.priok.engine;

import java.io.IOException;

/** Takes what a process writes. */
public interface OutputSink {
    /** The two outputs of a process; with a terminal everything is STDOUT. */
    enum Channel {
        STDOUT,
        STDERR
    }

    /**
     * Takes bytes, by one thread at a time; the buffer is the caller's again afterwards. It may block: a client that does not
     * read delays nobody else, and loses its session when it falls too far behind.
     */
    void write(Channel channel, byte[] buffer, int offset, int length) throws IOException;
}
