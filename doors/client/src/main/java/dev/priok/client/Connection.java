package dev.priok.client;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;

/** Bytes both ways between this side and a daemon. One thread may read while another writes. */
public interface Connection extends Closeable {
    InputStream input();

    OutputStream output();

    /** Closes the half towards the daemon. */
    void closeOutput() throws IOException;

    /** Closes both halves; a blocked reader or writer gets an {@link IOException}. */
    @Override
    void close() throws IOException;

    /** Bytes as they are; takes the channel over. */
    static Connection plain(SocketChannel channel) {
        InputStream input = Channels.newInputStream(channel);
        OutputStream output = Channels.newOutputStream(channel);
        return new Connection() {
            @Override
            public InputStream input() {
                return input;
            }

            @Override
            public OutputStream output() {
                return output;
            }

            @Override
            public void closeOutput() throws IOException {
                channel.shutdownOutput();
            }

            @Override
            public void close() throws IOException {
                channel.close();
            }
        };
    }
}
