package dev.priok.network.dns;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;

/**
 * A server to ask what is not known here.
 *
 * @param address of it
 * @param sockets opens what it is reached by
 */
public record Upstream(InetSocketAddress address, Sockets sockets) {
    /** The port of name servers. */
    public static final int PORT = 53;

    /** Opens sockets in the network namespace from which the server is reached; neither bound nor connected. */
    public interface Sockets {
        /** Sockets of this process's own namespace. */
        Sockets OF_HOST = new Sockets() {
            @Override
            public DatagramChannel udp() throws IOException {
                return DatagramChannel.open();
            }

            @Override
            public SocketChannel tcp() throws IOException {
                return SocketChannel.open();
            }
        };

        DatagramChannel udp() throws IOException;

        SocketChannel tcp() throws IOException;
    }
}
