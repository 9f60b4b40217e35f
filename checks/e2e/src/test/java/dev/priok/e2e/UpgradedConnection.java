package dev.priok.e2e;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A connection that a request has turned from HTTP into something else: a raw stream, or a WebSocket (RFC 6455). */
final class UpgradedConnection implements AutoCloseable {
    /** The key of the RFC's example, section 1.3, and what the server must make of it. */
    private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

    static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    private static final int BINARY = 0x82;
    private static final int CLOSE = 0x88;

    private final SocketChannel channel;
    private final DataInputStream in;
    private final String head;

    private UpgradedConnection(SocketChannel channel) throws IOException {
        this.channel = channel;
        in = new DataInputStream(Channels.newInputStream(channel));
        var bytes = new ByteArrayOutputStream();
        while (!bytes.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
            bytes.write(in.readUnsignedByte());
        }
        head = bytes.toString(StandardCharsets.US_ASCII);
    }

    /** POSTs without a body and takes the connection over. */
    static UpgradedConnection raw(Path socket, String target) {
        return open(socket, "POST", target, "Upgrade: tcp\r\nContent-Length: 0\r\n");
    }

    static UpgradedConnection webSocket(Path socket, String target) {
        return open(
                socket,
                "GET",
                target,
                "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + KEY + "\r\n");
    }

    private static UpgradedConnection open(Path socket, String method, String target, String headers) {
        try {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.connect(UnixDomainSocketAddress.of(socket));
            String request =
                    method + " " + target + " HTTP/1.1\r\nHost: priok\r\nConnection: Upgrade\r\n" + headers + "\r\n";
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
            return new UpgradedConnection(channel);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The answer's status line and headers. */
    String head() {
        return head;
    }

    void write(byte[] bytes) throws IOException {
        channel.write(ByteBuffer.wrap(bytes));
    }

    /** Sends a short binary message, masked as a client's must be. */
    void send(String text) throws IOException {
        byte[] payload = text.getBytes(StandardCharsets.UTF_8);
        byte[] mask = {1, 2, 3, 4};
        byte[] frame = new byte[6 + payload.length];
        frame[0] = (byte) BINARY;
        frame[1] = (byte) (0x80 | payload.length);
        System.arraycopy(mask, 0, frame, 2, 4);
        for (int i = 0; i < payload.length; i++) {
            frame[6 + i] = (byte) (payload[i] ^ mask[i & 3]);
        }
        write(frame);
    }

    /** The next messages, as long as {@code wanted}, together. */
    String receive(int wanted) throws IOException {
        var all = new ByteArrayOutputStream();
        while (all.size() < wanted) {
            int opcode = in.readUnsignedByte();
            if (opcode != BINARY) {
                throw new IOException("opcode " + Integer.toHexString(opcode) + " after " + all);
            }
            int length = in.readUnsignedByte();
            all.writeBytes(in.readNBytes(length == 126 ? in.readUnsignedShort() : length));
        }
        return all.toString(StandardCharsets.UTF_8);
    }

    /** Whether the next frame says that the server closes, for no bad reason. */
    boolean closesNormally() throws IOException {
        return in.readUnsignedByte() == CLOSE && in.readUnsignedByte() == 2 && in.readUnsignedShort() == 1000;
    }

    /** What comes until the server ends. */
    byte[] rest() throws IOException {
        return in.readAllBytes();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
