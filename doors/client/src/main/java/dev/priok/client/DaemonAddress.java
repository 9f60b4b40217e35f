package dev.priok.client;

import dev.priok.core.Failure;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;

/** Where a daemon listens, as {@code -H} and {@code DOCKER_HOST} write it. */
public sealed interface DaemonAddress {
    /** The port that {@code tcp://host} means, as Docker's client has it. */
    int DEFAULT_TCP_PORT = 2375;

    /** A socket in the file system, {@code unix:///var/run/priok.sock}. */
    record Unix(String path) implements DaemonAddress {
        @Override
        public Connection connect() throws IOException {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            return connected(channel, UnixDomainSocketAddress.of(path));
        }

        @Override
        public String authority() {
            return "localhost";
        }

        @Override
        public String toString() {
            return "unix://" + path;
        }
    }

    /** A plain TCP socket, {@code tcp://host:port}. */
    record Tcp(String host, int port) implements DaemonAddress {
        @Override
        public Connection connect() throws IOException {
            return connected(SocketChannel.open(), new InetSocketAddress(host, port));
        }

        @Override
        public String authority() {
            return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
        }

        @Override
        public String toString() {
            return "tcp://" + authority();
        }
    }

    /** A TCP socket with TLS, {@code tcp://host:port} with certificates. */
    record Tls(Tcp tcp, TlsFiles files) implements DaemonAddress {
        @Override
        public Connection connect() throws IOException {
            return files.connect(tcp.host(), tcp.port());
        }

        @Override
        public String authority() {
            return tcp.authority();
        }

        @Override
        public String toString() {
            return tcp.toString();
        }
    }

    /** Opens a blocking connection that the caller owns. */
    Connection connect() throws IOException;

    /** What the {@code Host} header says. */
    String authority();

    /**
     * Reads {@code unix://PATH}, {@code tcp://HOST[:PORT]} or {@code http://HOST[:PORT]}.
     *
     * @throws Failure of kind {@link Failure.Kind#INVALID} for anything else
     */
    static DaemonAddress parse(String text) {
        int scheme = text.indexOf("://");
        if (scheme < 0) {
            throw Failure.invalid("unable to parse docker host `%s`", text);
        }
        String rest = text.substring(scheme + 3);
        return switch (text.substring(0, scheme)) {
            case "unix" -> parseUnix(text, rest);
            case "tcp", "http" -> parseTcp(text, rest);
            default ->
                throw Failure.invalid(
                        "unable to use docker host `%s`: protocol not available (use unix:// or tcp://)", text);
        };
    }

    private static Unix parseUnix(String text, String rest) {
        if (rest.isEmpty()) {
            throw Failure.invalid("unable to parse docker host `%s`: the path of the socket is missing", text);
        }
        return new Unix(rest);
    }

    private static Tcp parseTcp(String text, String rest) {
        int slash = rest.indexOf('/');
        String authority = slash < 0 ? rest : rest.substring(0, slash);
        int colon = authority.lastIndexOf(':');
        boolean hasPort = colon > authority.lastIndexOf(']');
        String host = hasPort ? authority.substring(0, colon) : authority;
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        try {
            int port = hasPort ? Integer.parseInt(authority.substring(colon + 1)) : DEFAULT_TCP_PORT;
            if (port >= 0 && port <= 0xffff) {
                return new Tcp(host.isEmpty() ? "localhost" : host, port);
            }
        } catch (NumberFormatException _) {
            // Falls through to the one message for a bad address.
        }
        throw Failure.invalid("unable to parse docker host `%s`: bad port", text);
    }

    private static Connection connected(SocketChannel channel, SocketAddress address) throws IOException {
        try {
            channel.connect(address);
            return Connection.plain(channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e instanceof IOException io ? io : new IOException(e.getMessage(), e);
        }
    }
}
