package dev.priok.client.internal;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A body whose reading fails with the upload's failure, when that is what broke the connection. */
final class BlamingInput extends FilterInputStream {
    private final HttpConnection connection;

    BlamingInput(InputStream in, HttpConnection connection) {
        super(in);
        this.connection = connection;
    }

    @Override
    public int read() throws IOException {
        try {
            return super.read();
        } catch (IOException e) {
            throw connection.blame(e);
        }
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        try {
            return super.read(buffer, offset, length);
        } catch (IOException e) {
            throw connection.blame(e);
        }
    }

    /** Leaves the socket to its owner. */
    @Override
    public void close() {}
}
