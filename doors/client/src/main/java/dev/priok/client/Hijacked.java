package dev.priok.client;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A connection that left HTTP behind: bytes both ways, each direction closed on its own. One thread may read while another
 * writes.
 */
public final class Hijacked implements Closeable {
    private static final String MULTIPLEXED = "application/vnd.docker.multiplexed-stream";

    private final Connection connection;
    private final InputStream input;
    private final OutputStream output;
    private final String contentType;

    Hijacked(Connection connection, InputStream input, OutputStream output, String contentType) {
        this.connection = connection;
        this.input = input;
        this.output = output;
        this.contentType = contentType;
    }

    /** What the daemon sends; ends when the daemon closes its half. */
    public InputStream input() {
        return input;
    }

    /** What the daemon receives; unbuffered. */
    public OutputStream output() {
        return output;
    }

    /** Whether the daemon says that it frames stdout and stderr; older daemons say nothing. */
    public boolean isMultiplexed() {
        return contentType.equals(MULTIPLEXED);
    }

    /** Closes the half towards the daemon: end of input for the process there. */
    public void closeOutput() throws IOException {
        connection.closeOutput();
    }

    /** Closes both halves; a blocked reader or writer gets an {@link IOException}. */
    @Override
    public void close() throws IOException {
        connection.close();
    }
}
