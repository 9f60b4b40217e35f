package dev.priok.client.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A daemon for tests: answers by scripted handlers on a unix socket and remembers what it was asked, in order. */
public final class FakeDaemon implements AutoCloseable {
    /** Answers one request. */
    @FunctionalInterface
    public interface Handler {
        void handle(Exchange exchange) throws IOException;
    }

    private record Route(String start, Handler handler) {}

    private final Path socket;
    private final ServerSocketChannel server;
    private final List<Route> routes = new ArrayList<>();
    private final List<String> calls = new ArrayList<>();

    /** Listens below {@code folder} until closed. */
    public FakeDaemon(Path folder) {
        socket = folder.resolve("d.sock");
        try {
            server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::acceptAll);
    }

    /** The address, as {@code -H} writes it. */
    public String host() {
        return "unix://" + socket;
    }

    /** Answers requests whose method and path without version start so; later routes win. */
    public FakeDaemon on(String start, Handler handler) {
        synchronized (routes) {
            routes.addFirst(new Route(start, handler));
        }
        return this;
    }

    /** Answers with a status and a body. */
    public FakeDaemon on(String start, int status, String body) {
        return on(start, exchange -> exchange.reply(status, body));
    }

    /** Method and path of each request so far, without version and query. */
    public List<String> calls() {
        synchronized (calls) {
            return List.copyOf(calls);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private void acceptAll() {
        while (true) {
            try {
                SocketChannel channel = server.accept();
                Thread.ofVirtual().start(() -> serve(channel));
            } catch (ClosedChannelException _) {
                return;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void serve(SocketChannel channel) {
        try (channel) {
            Exchange exchange = new Exchange(channel);
            synchronized (calls) {
                calls.add(exchange.method() + " " + exchange.path());
            }
            handler(exchange.method() + " " + exchange.path()).handle(exchange);
        } catch (IOException _) {
            // The client hung up, as tests do.
        }
    }

    private Handler handler(String call) {
        synchronized (routes) {
            for (Route route : routes) {
                if (call.startsWith(route.start())) {
                    return route.handler();
                }
            }
        }
        return exchange -> exchange.reply(404, "{\"message\":\"page not found\"}");
    }

    /** One request and the means to answer it. */
    public static final class Exchange {
        private final SocketChannel channel;
        private final InputStream in;
        private final OutputStream out;
        private final String method;
        private final String target;
        private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

        private Exchange(SocketChannel channel) throws IOException {
            this.channel = channel;
            this.in = Channels.newInputStream(channel);
            this.out = Channels.newOutputStream(channel);
            String[] words = line().split(" ");
            method = words[0];
            target = words[1];
            for (String line = line(); !line.isEmpty(); line = line()) {
                int colon = line.indexOf(':');
                headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
            }
        }

        public String method() {
            return method;
        }

        /** Version and path and query, as sent. */
        public String target() {
            return target;
        }

        /** The path without version and query. */
        public String path() {
            String path = target.replaceFirst("\\?.*", "");
            return path.replaceFirst("^/v[0-9.]+/", "/");
        }

        public String header(String name) {
            return headers.getOrDefault(name, "");
        }

        /** The whole body, decoded. */
        public byte[] body() throws IOException {
            if (!header("Transfer-Encoding").equals("chunked")) {
                String length = header("Content-Length");
                return in.readNBytes(length.isEmpty() ? 0 : Integer.parseInt(length));
            }
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            while (true) {
                int size = Integer.parseInt(line(), 16);
                body.write(in.readNBytes(size));
                line();
                if (size == 0) {
                    return body.toByteArray();
                }
            }
        }

        public String text() throws IOException {
            return new String(body(), StandardCharsets.UTF_8);
        }

        /** Answers with JSON. */
        public void reply(int status, String body) throws IOException {
            reply(status, "application/json", body.getBytes(StandardCharsets.UTF_8), "");
        }

        /**
         * Answers with anything.
         *
         * @param headers further header lines, each ended by CR LF
         */
        public void reply(int status, String contentType, byte[] body, String headers) throws IOException {
            String head = "HTTP/1.1 " + status + " X\r\nContent-Type: " + contentType + "\r\nContent-Length: "
                    + body.length + "\r\n" + headers + "\r\n";
            write(head);
            out.write(body);
        }

        /** Writes bytes as they are, each character one byte. */
        public void write(String bytes) throws IOException {
            out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        }

        /** Hands the connection over, as attach and exec do. */
        public void upgrade(String contentType) throws IOException {
            write("HTTP/1.1 101 UPGRADED\r\nContent-Type: " + contentType
                    + "\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
        }

        /** One frame of a multiplexed stream. */
        public void frame(int stream, String text) throws IOException {
            out.write(new byte[] {(byte) stream, 0, 0, 0, 0, 0, 0, (byte) text.length()});
            write(text);
        }

        /** Everything that the client still sends. */
        public String rest() throws IOException {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }

        /** Closes this side's half. */
        public void closeOutput() throws IOException {
            channel.shutdownOutput();
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            while (true) {
                int b = in.read();
                if (b < 0) {
                    throw new ClosedChannelException();
                }
                if (b == '\n') {
                    return line.toString().strip();
                }
                line.append((char) b);
            }
        }
    }
}
