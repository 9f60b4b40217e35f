package dev.priok.network.internal;

import dev.priok.linux.Fd;
import dev.priok.netlink.LinkSocket;

/**
 * A network namespace, with a socket that was opened in it: links inside are changed from any thread, without one that goes
 * there. Both keep the namespace in being until they are closed.
 */
record HeldNamespace(Fd fd, LinkSocket links) implements AutoCloseable {
    @Override
    public void close() {
        links.close();
        fd.close();
    }
}
