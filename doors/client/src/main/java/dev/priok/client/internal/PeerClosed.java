package dev.priok.client.internal;

import java.io.IOException;
import java.io.Serial;

/** The other side no longer takes bytes. */
final class PeerClosed extends IOException {
    @Serial
    private static final long serialVersionUID = 1;

    PeerClosed(IOException cause) {
        super("the daemon stopped reading the request", cause);
    }
}
