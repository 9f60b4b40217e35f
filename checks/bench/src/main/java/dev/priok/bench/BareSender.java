package dev.priok.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The least that a server can do: answers every request with one file, by {@code sendfile(2)} on a blocking socket, whatever was
 * asked. No server of files is faster on the same machine with the same client, so this is the ceiling of what is measured.
 */
final class BareSender implements AutoCloseable {
    private final ServerSocketChannel server = ServerSocketChannel.open();
    private final Path file;

    BareSender(Path file) throws IOException {
        this.file = file;
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Thread.ofPlatform().daemon().start(this::accept);
    }

    int port() throws IOException {
        return ((InetSocketAddress) server.getLocalAddress()).getPort();
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                SocketChannel client = server.accept();
                Thread.ofPlatform().daemon().start(() -> answer(client));
            } catch (IOException e) {
                if (server.isOpen()) {
                    System.err.println("bench: the bare sender takes no more clients: " + e);
                }
                return;
            }
        }
    }

    private void answer(SocketChannel client) {
        try (client;
                FileChannel blob = FileChannel.open(file, StandardOpenOption.READ)) {
            byte[] head = ("HTTP/1.1 200 OK\r\nContent-Length: " + blob.size() + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII);
            ByteBuffer request = ByteBuffer.allocate(4096);
            // A request is one segment: what is measured here sends nothing else before it has the answer.
            while (client.read(request.clear()) > 0) {
                client.write(ByteBuffer.wrap(head));
                for (long at = 0; at < blob.size(); ) {
                    at += blob.transferTo(at, blob.size() - at, client);
                }
            }
        } catch (IOException e) {
            System.err.println("bench: a client of the bare sender went away: " + e);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
