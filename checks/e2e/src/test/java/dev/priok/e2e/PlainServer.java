package dev.priok.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A web server of a few fixed answers on loopback; says so at once to whoever tries TLS, as Go's servers do. */
final class PlainServer implements AutoCloseable {
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Answer(String type, byte[] body) {}

    private final ServerSocket socket;
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();

    PlainServer() {
        try {
            socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.startVirtualThread(this::serve);
    }

    String address() {
        return "127.0.0.1:" + socket.getLocalPort();
    }

    /** Answers everything that begins with a path; the longest one that fits wins. */
    void answer(String path, String type, byte[] body) {
        answers.put(path, new Answer(type, body));
    }

    private void serve() {
        while (!socket.isClosed()) {
            try (Socket client = socket.accept()) {
                answer(client);
            } catch (IOException _) {
                // Closed, or a client that went away.
            }
        }
    }

    private void answer(Socket client) throws IOException {
        var reader = new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
        char first = (char) reader.read();
        String line = first == 0x16 ? "" : first + reader.readLine();
        for (String field = line; !line.isEmpty() && field != null && !field.isEmpty(); ) {
            field = reader.readLine();
        }
        String[] words = line.split(" ");
        Answer found = null;
        if (words.length == 3) {
            found = answers.entrySet().stream()
                    .filter(entry -> words[1].startsWith(entry.getKey()))
                    .max(Comparator.comparingInt(entry -> entry.getKey().length()))
                    .map(Map.Entry::getValue)
                    .orElse(null);
        }
        String status = words.length != 3 ? "400 Bad Request" : found == null ? "404 Not Found" : "200 OK";
        byte[] body = found == null ? new byte[0] : found.body();
        client.getOutputStream()
                .write("HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
                        .formatted(status, found == null ? "text/plain" : found.type(), body.length)
                        .getBytes(StandardCharsets.ISO_8859_1));
        if (words.length == 3 && !words[0].equals("HEAD")) {
            client.getOutputStream().write(body);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
