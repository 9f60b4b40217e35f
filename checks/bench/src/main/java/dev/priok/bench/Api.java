package dev.priok.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/** The Engine API over one kept connection, with as little in the way as possible; not thread-safe. */
final class Api implements AutoCloseable {
    private final SocketChannel channel;
    private final ByteBuffer in = ByteBuffer.allocate(1 << 20).limit(0);

    Api(Path socket) throws IOException {
        channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
    }

    /** The answer's body; anything but success is an exception. */
    String call(String method, String target, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String head = method + " " + target + " HTTP/1.1\r\nHost: bench\r\n"
                + (bytes.length > 0 ? "Content-Type: application/json\r\n" : "")
                + "Content-Length: " + bytes.length + "\r\n\r\n";
        ByteBuffer out = ByteBuffer.allocate(head.length() + bytes.length)
                .put(head.getBytes(StandardCharsets.US_ASCII))
                .put(bytes)
                .flip();
        while (out.hasRemaining()) {
            channel.write(out);
        }
        String status = line();
        int length = 0;
        boolean chunked = false;
        for (String header = line(); !header.isEmpty(); header = line()) {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Integer.parseInt(header.substring(15).strip());
            } else if (lower.startsWith("transfer-encoding:") && lower.contains("chunked")) {
                chunked = true;
            }
        }
        String answer = chunked ? chunks() : text(length);
        int code = Integer.parseInt(status.substring(9, 12));
        if (code >= 300) {
            throw new IOException(method + " " + target + ": " + code + " " + answer);
        }
        return answer;
    }

    /** Asks for a stream and reads until some text has come; the connection is of no use afterwards. */
    void until(String target, String text) throws IOException {
        byte[] head = ("GET " + target + " HTTP/1.1\r\nHost: bench\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        ByteBuffer out = ByteBuffer.wrap(head);
        while (out.hasRemaining()) {
            channel.write(out);
        }
        int matched = 0;
        while (matched < text.length()) {
            byte b = next();
            matched = b == text.charAt(matched) ? matched + 1 : b == text.charAt(0) ? 1 : 0;
        }
    }

    private String chunks() throws IOException {
        StringBuilder all = new StringBuilder();
        while (true) {
            int size = Integer.parseInt(line().strip(), 16);
            all.append(text(size));
            line();
            if (size == 0) {
                return all.toString();
            }
        }
    }

    private String text(int length) throws IOException {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = next();
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (byte b = next(); b != '\n'; b = next()) {
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    private byte next() throws IOException {
        if (!in.hasRemaining()) {
            in.clear();
            int n = channel.read(in);
            in.flip();
            if (n < 0) {
                throw new EOFException("the daemon hung up");
            }
        }
        return in.get();
    }

    /** The id in an answer such as {@code {"Id":"..."}}. */
    static String id(String answer) {
        int start = answer.indexOf("\"Id\":\"") + 6;
        return answer.substring(start, answer.indexOf('"', start));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
