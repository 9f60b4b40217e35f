package dev.priok.logs.internal;

import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** Sends over TCP, UDP or a stream socket in the file system. */
final class NetworkWire implements Wire {
    private static final int CONNECT_MILLIS = 10_000;

    private final Opener opener;
    private @Nullable Connection connection;

    private interface Connection {
        void send(byte[] message) throws IOException;

        void close() throws IOException;
    }

    @FunctionalInterface
    private interface Opener {
        Connection open() throws IOException;
    }

    private NetworkWire(Opener opener) {
        this.opener = opener;
    }

    static NetworkWire tcp(String host, int port) {
        return new NetworkWire(() -> {
            Socket socket = new Socket();
            try {
                socket.connect(new InetSocketAddress(host, port), CONNECT_MILLIS);
                return stream(socket.getOutputStream(), socket::close);
            } catch (IOException e) {
                socket.close();
                throw new IOException("dial tcp " + host + ":" + port + ": " + e.getMessage(), e);
            }
        });
    }

    static NetworkWire udp(String host, int port) {
        return new NetworkWire(() -> {
            DatagramSocket socket = new DatagramSocket();
            InetSocketAddress to = new InetSocketAddress(host, port);
            if (to.isUnresolved()) {
                socket.close();
                throw new IOException("dial udp: lookup " + host + ": no such host");
            }
            return new Connection() {
                @Override
                public void send(byte[] message) throws IOException {
                    socket.send(new DatagramPacket(message, message.length, to));
                }

                @Override
                public void close() {
                    socket.close();
                }
            };
        });
    }

    static NetworkWire unix(String path) {
        return new NetworkWire(() -> {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                channel.connect(UnixDomainSocketAddress.of(path));
                return stream(Channels.newOutputStream(channel), channel::close);
            } catch (IOException e) {
                channel.close();
                throw new IOException("dial unix " + path + ": " + e.getMessage(), e);
            }
        });
    }

    @FunctionalInterface
    private interface Closing {
        void close() throws IOException;
    }

    private static Connection stream(OutputStream out, Closing closing) {
        return new Connection() {
            @Override
            public void send(byte[] message) throws IOException {
                out.write(message);
            }

            @Override
            public void close() throws IOException {
                closing.close();
            }
        };
    }

    @Override
    public void open() throws IOException {
        if (connection == null) {
            connection = opener.open();
        }
    }

    @Override
    public void send(byte[] message) throws IOException {
        Connection open = connection;
        if (open == null) {
            throw new IOException("not connected");
        }
        open.send(message);
    }

    @Override
    public void close() throws IOException {
        Connection open = connection;
        connection = null;
        if (open != null) {
            open.close();
        }
    }
}
