package dev.priok.logs.internal;

import dev.priok.linux.UnixDatagrams;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Sends to a datagram socket in the file system, and waits while its receiver is busy. */
final class DatagramWire implements Wire {
    /** A receiver that takes nothing for so long is taken for broken. */
    private static final int PATIENCE_MILLIS = 5_000;

    private static final int PAUSE_MILLIS = 5;

    private final String path;
    private @Nullable UnixDatagrams socket;

    DatagramWire(String path) {
        this.path = path;
    }

    @Override
    public void open() throws IOException {
        if (socket == null) {
            socket = UnixDatagrams.connect(path);
        }
    }

    @Override
    public void send(byte[] message) throws IOException, InterruptedException {
        UnixDatagrams open = socket;
        if (open == null) {
            throw new IOException("not connected to " + path);
        }
        for (int waited = 0; !open.send(message); waited += PAUSE_MILLIS) {
            if (waited >= PATIENCE_MILLIS) {
                throw new IOException("nobody reads from " + path);
            }
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    @Override
    public void close() {
        UnixDatagrams open = socket;
        socket = null;
        if (open != null) {
            open.close();
        }
    }
}
