import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Answers every request with a greeting; with {@code check} asks itself whether it does. */
public final class Service {
    private static final int PORT = 8080;

    private Service() {}

    public static void main(String[] arguments) throws IOException {
        if (arguments.length > 0) {
            try (var in = URI.create("http://127.0.0.1:" + PORT + "/").toURL().openStream()) {
                System.out.print(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
            return;
        }
        HttpServer server = HttpServer.create(new InetSocketAddress(PORT), 0);
        server.createContext("/", exchange -> {
            byte[] body = ("hello from Java, path " + exchange.getRequestURI().getPath() + "\n")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        System.out.println("listening on " + PORT);
    }
}
