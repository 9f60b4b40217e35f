package dev.priok.e2e;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** An HTTP proxy that asks for a password and alone knows where the hosts of a test are. */
final class ForwardProxy implements AutoCloseable {
    private static final String USER = "proxy-user:proxy-word";

    private final ServerSocket socket;
    private final Map<String, String> hosts = new ConcurrentHashMap<>();
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final List<String> strangers = new CopyOnWriteArrayList<>();

    private ForwardProxy(ServerSocket socket) {
        this.socket = socket;
    }

    static ForwardProxy start() throws IOException {
        ForwardProxy proxy = new ForwardProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        Thread.startVirtualThread(proxy::accept);
        return proxy;
    }

    String uri() {
        return "http://" + USER + "@127.0.0.1:" + socket.getLocalPort();
    }

    /** From now on {@code host:port} is found at an address. */
    void reach(String host, String address) {
        hosts.put(host, address);
    }

    /** Scheme and host of what was asked for. */
    List<String> seen() {
        return List.copyOf(seen);
    }

    /** Requests without the right password. */
    List<String> strangers() {
        return List.copyOf(strangers);
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                Thread.startVirtualThread(() -> serve(client));
            } catch (IOException _) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            String head = head(client.getInputStream());
            String[] line = head.lines().findFirst().orElse("").split(" ");
            if (line.length < 3) {
                return;
            }
            boolean tunnel = line[0].equals("CONNECT");
            String host = tunnel ? line[1] : line[1].split("/")[2];
            seen.add((tunnel ? "https " : "http ") + host);
            String word = Base64.getEncoder().encodeToString(USER.getBytes(StandardCharsets.UTF_8));
            if (!head.toLowerCase(Locale.ROOT)
                    .contains("proxy-authorization: basic " + word.toLowerCase(Locale.ROOT))) {
                strangers.add(line[0] + " " + line[1]);
                answer(client, "407 Proxy Authentication Required");
                return;
            }
            String address = hosts.get(host);
            if (address == null) {
                answer(client, "502 Bad Gateway");
                return;
            }
            String[] parts = address.split(":");
            try (Socket server = new Socket(parts[0], Integer.parseInt(parts[1]))) {
                if (tunnel) {
                    answer(client, "200 Connection established");
                } else {
                    String path = line[1].substring(line[1].indexOf(host) + host.length());
                    String fields = head.substring(head.indexOf("\r\n") + 2, head.length() - 2)
                            .replaceAll("(?i)(?<=^|\n)(proxy-[a-z]+|connection):[^\n]*\n", "");
                    String plain = line[0] + " " + path + " HTTP/1.1\r\n" + fields + "Connection: close\r\n\r\n";
                    server.getOutputStream().write(plain.getBytes(StandardCharsets.ISO_8859_1));
                }
                Thread up = Thread.startVirtualThread(() -> copy(client, server));
                copy(server, client);
                client.close();
                up.join();
            }
        } catch (IOException _) {
            // A broken connection is what its ends see too.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void answer(Socket client, String status) throws IOException {
        String end = status.startsWith("2") ? "\r\n\r\n" : "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        client.getOutputStream().write(("HTTP/1.1 " + status + end).getBytes(StandardCharsets.US_ASCII));
    }

    private static void copy(Socket from, Socket to) {
        try {
            OutputStream out = to.getOutputStream();
            from.getInputStream().transferTo(out);
            to.shutdownOutput();
        } catch (IOException _) {
            // As above.
        }
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int b = in.read();
        while (b >= 0) {
            bytes.write(b);
            String text = bytes.size() >= 4 ? bytes.toString(StandardCharsets.ISO_8859_1) : "";
            if (text.endsWith("\r\n\r\n")) {
                return text;
            }
            b = in.read();
        }
        return "";
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
