package dev.priok.network.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries TCP connections that programs of the host make to a published port at {@code [::1]}. The kernel routes 127.0.0.1 to
 * a container and has no such thing for IPv6: connections are led to this server, which copies.
 */
final class LoopbackRelay implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LoopbackRelay.class);
    static final InetAddress LOOPBACK = InetAddress.ofLiteral("::1");
    private static final int MOST_CONNECTIONS = 1024;
    private static final int BUFFER_BYTES = 64 << 10;
    private static final int BACKLOG = 128;

    /** Opens a socket of the host. */
    interface Sockets {
        SocketChannel open() throws Exception;
    }

    private final ServerSocketChannel server;
    private final InetSocketAddress target;
    private final Sockets sockets;
    private final Semaphore connections = new Semaphore(MOST_CONNECTIONS);

    private LoopbackRelay(ServerSocketChannel server, InetSocketAddress target, Sockets sockets) {
        this.server = server;
        this.target = target;
        this.sockets = sockets;
    }

    /** Begins to serve at a free port of {@link #LOOPBACK}; to be called on a thread that stands in the host. */
    static LoopbackRelay start(InetSocketAddress target, Sockets sockets) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open();
        boolean bound = false;
        try {
            server.bind(new InetSocketAddress(LOOPBACK, 0), BACKLOG);
            bound = true;
        } finally {
            if (!bound) {
                server.close();
            }
        }
        LoopbackRelay relay = new LoopbackRelay(server, target, sockets);
        Thread.ofVirtual().name("relay-" + target).start(relay::accept);
        return relay;
    }

    int port() throws IOException {
        return ((InetSocketAddress) server.getLocalAddress()).getPort();
    }

    private void accept() {
        while (true) {
            try {
                SocketChannel client = server.accept();
                if (!connections.tryAcquire()) {
                    client.close();
                    continue;
                }
                Thread.ofVirtual().name("relayed-" + target).start(() -> {
                    try {
                        relay(client);
                    } finally {
                        connections.release();
                    }
                });
            } catch (ClosedChannelException _) {
                return;
            } catch (IOException e) {
                LOG.warn("connections to {} at [::1] are not relayed any more: {}", target, e.getMessage());
                return;
            }
        }
    }

    private void relay(SocketChannel client) {
        try (client;
                SocketChannel container = sockets.open()) {
            container.connect(target);
            Thread back = Thread.ofVirtual().start(() -> copy(container, client));
            copy(client, container);
            back.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.debug("a connection at [::1] to {} ended", target, e);
        }
    }

    /** Copies to the end, and tells the other side of it. */
    private static void copy(SocketChannel from, SocketChannel to) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        try {
            while (from.read(buffer) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
                buffer.clear();
            }
            to.shutdownOutput();
        } catch (IOException e) {
            LOG.debug("a relayed connection broke", e);
            hangUp(from);
            hangUp(to);
        }
    }

    private static void hangUp(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("a relayed connection was not closed", e);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            LOG.debug("a relay was not closed", e);
        }
    }
}
