package dev.priok.network.dns;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;

/** Where one container's queries come in. */
public record ServerSockets(DatagramChannel udp, ServerSocketChannel tcp) implements AutoCloseable {
    /** Docker's address of the name server. */
    public static final String ADDRESS = "127.0.0.11";

    private static final int BACKLOG = 128;
    private static final int ATTEMPTS = 16;

    /**
     * Opens them at {@link #ADDRESS} in the network namespace of the calling thread, at ports that are free, and leads port 53
     * of that address to them.
     */
    public static ServerSockets openRedirected() throws IOException {
        InetAddress address = InetAddress.ofLiteral(ADDRESS);
        ServerSockets sockets = open(address, 0);
        boolean done = false;
        try {
            Redirection.to(address, sockets.port(), sockets.port());
            done = true;
            return sockets;
        } finally {
            if (!done) {
                sockets.close();
            }
        }
    }

    /**
     * Opens them at an address.
     *
     * @param port zero for any one that is free in both protocols, of which there is one after a few tries
     */
    public static ServerSockets open(InetAddress address, int port) throws IOException {
        for (int i = 1; port == 0 && i < ATTEMPTS; i++) {
            try {
                return openOnce(address, 0);
            } catch (BindException _) {
                // Free for datagrams and taken for connections: another one.
            }
        }
        return openOnce(address, port);
    }

    private static ServerSockets openOnce(InetAddress address, int port) throws IOException {
        DatagramChannel udp = DatagramChannel.open(StandardProtocolFamily.INET);
        ServerSocketChannel tcp = null;
        boolean open = false;
        try {
            udp.bind(new InetSocketAddress(address, port));
            tcp = ServerSocketChannel.open(StandardProtocolFamily.INET);
            tcp.bind(udp.getLocalAddress(), BACKLOG);
            open = true;
            return new ServerSockets(udp, tcp);
        } finally {
            if (!open) {
                udp.close();
                if (tcp != null) {
                    tcp.close();
                }
            }
        }
    }

    public int port() throws IOException {
        return ((InetSocketAddress) udp.getLocalAddress()).getPort();
    }

    @Override
    public void close() throws IOException {
        try (ServerSocketChannel _ = tcp) {
            udp.close();
        }
    }
}
