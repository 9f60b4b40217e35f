import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** Answers as a daemon with two containers does, so that the command can be recorded at work without root. */
class PretendedDaemon {
    private static final String CONTAINER = """
            {"Id":"%s","Names":["/%s"],"Image":"busybox:latest","ImageID":"sha256:%s","Command":"sleep 100","Created":1700000000,
            "Ports":[{"IP":"0.0.0.0","PrivatePort":80,"PublicPort":8080,"Type":"tcp"}],"Labels":{"a":"b"},"State":"%s","Status":"%s",
            "HostConfig":{"NetworkMode":"bridge"},"NetworkSettings":{"Networks":{}},"Mounts":[]}""";

    public static void main(String[] arguments) throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(arguments[0]));
            while (true) {
                SocketChannel client = server.accept();
                Thread.ofVirtual().start(() -> serve(client));
            }
        }
    }

    private static void serve(SocketChannel client) {
        try (client) {
            InputStream in = Channels.newInputStream(client);
            OutputStream out = Channels.newOutputStream(client);
            for (String head = head(in); !head.isEmpty(); head = head(in)) {
                byte[] body = (head.contains("/_ping") ? "OK" : containers()).getBytes(StandardCharsets.UTF_8);
                out.write(("HTTP/1.1 200 OK\r\nApi-Version: 1.51\r\nContent-Type: application/json\r\nContent-Length: "
                                + body.length + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                out.write(head.startsWith("HEAD") ? new byte[0] : body);
                out.flush();
            }
        } catch (java.io.IOException e) {
            System.err.println("connection ended: " + e.getMessage());
        }
    }

    private static String containers() {
        String id = "0123456789abcdef".repeat(4);
        return "[" + CONTAINER.formatted(id, "one", id, "running", "Up 2 hours") + ","
                + CONTAINER.formatted(id, "two", id, "exited", "Exited (0) 3 days ago") + "]";
    }

    /** The head of the next request; empty at the end. */
    private static String head(InputStream in) throws java.io.IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0; b = in.read()) {
            bytes.write(b);
            String text = bytes.toString(StandardCharsets.US_ASCII);
            if (text.endsWith("\r\n\r\n")) {
                return text;
            }
        }
        return "";
    }
}
