package dev.priok.cli;

import dev.priok.cli.command.Session;
import dev.priok.cli.terminal.ProcessTerminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;

/**
 * The run from which the build makes the AOT cache: the commands that people wait for, in one process, against a daemon that
 * this class plays itself. Start it like the command, with {@code -XX:AOTCacheOutput}.
 */
public final class Training {
    private static final String ID = "0123456789abcdef".repeat(4);
    private static final String CONTAINERS =
            "[{\"Id\":\"" + ID + "\",\"Names\":[\"/web\"],\"Image\":\"web\",\"ImageID\":\"sha256:" + ID
                    + "\",\"Command\":\"serve\",\"Created\":1,\"Ports\":[{\"IP\":\"0.0.0.0\",\"PrivatePort\":80,"
                    + "\"PublicPort\":8080,\"Type\":\"tcp\"},{\"PrivatePort\":90,\"Type\":\"udp\"}],\"Labels\":{\"a\":\"b\"},"
                    + "\"State\":\"running\",\"Status\":\"Up\",\"Mounts\":[]}]";
    private static final String IMAGES = "[{\"Id\":\"sha256:" + ID + "\",\"RepoTags\":[\"web:1\"],\"RepoDigests\":[],"
            + "\"Created\":1,\"Size\":123456789,\"SharedSize\":-1,\"Containers\":-1}]";
    private static final String CONTAINER = "{\"Id\":\"" + ID + "\",\"State\":{\"Running\":true,\"ExitCode\":0},"
            + "\"Config\":{\"Tty\":false,\"Env\":[\"A=1\"]},\"HostConfig\":{},\"Mounts\":null}";
    private static final String BUILD =
            "{\"stream\":\"Step 1/1 : FROM scratch\\n\"}\r\n{\"aux\":{\"ID\":\"sha256:" + ID + "\"}}\r\n";

    private Training() {}

    /** Runs the commands; the JVM writes the cache when it ends. */
    public static void main(String[] arguments) throws IOException {
        // Trains what the command does before it does anything.
        Session own = Main.session();
        own.flush();
        boolean _ = own.hasEnvironment("PRIOK_HOST");
        Path folder = Files.createDirectory(
                Path.of(System.getProperty("java.io.tmpdir"), "priok-training-" + Long.toHexString(System.nanoTime())));
        Path socket = folder.resolve("s");
        Files.writeString(folder.resolve("Dockerfile"), "FROM scratch\n");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            Thread.ofPlatform().daemon().start(() -> serve(server));
            String host = "unix://" + socket;
            // Only what people wait for: every class that is trained is loaded at every start.
            for (List<String> command : List.of(
                    List.of("ps"),
                    List.of("ps", "-aq", "--filter", "status=running", "--no-trunc"),
                    List.of("ps", "--format", "table {{.ID}}\t{{json .Names}}"),
                    List.of("images"),
                    List.of("inspect", "-f", "{{.State.ExitCode}} {{range .Config.Env}}{{.}}{{end}}", "web"),
                    List.of("logs", "web"),
                    List.of("run", "--rm", "-e", "A=1", "-v", "/a:/b:ro", "-p", "80:80", "web", "true"),
                    List.of("run", "-d", "--name", "web", "web"),
                    List.of("exec", "web", "true"),
                    List.of("stop", "web"),
                    List.of("rm", "-f", "web"),
                    List.of("build", "-t", "web", folder.toString()))) {
                run(host, command);
            }
        } finally {
            Files.deleteIfExists(folder.resolve("Dockerfile"));
            Files.deleteIfExists(socket);
            Files.deleteIfExists(folder);
        }
    }

    private static void run(String host, List<String> command) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Session session = new Session(
                InputStream.nullInputStream(),
                out,
                out,
                name -> name.equals("PRIOK_HOST") ? host : null,
                InstantSource.system(),
                new ProcessTerminal());
        int exitCode = new Cli(session).run(Arrays.asList(command.toArray(new String[0])));
        session.flush();
        if (exitCode != 0) {
            throw new IllegalStateException(
                    "training failed at " + command + ": " + out.toString(StandardCharsets.UTF_8));
        }
    }

    private static void serve(ServerSocketChannel server) {
        while (server.isOpen()) {
            try {
                SocketChannel client = server.accept();
                // A wait call stays open while the next one is made.
                Thread.ofPlatform().daemon().start(() -> answer(client));
            } catch (ClosedChannelException _) {
                return;
            } catch (IOException e) {
                throw new IllegalStateException("training server failed", e);
            }
        }
    }

    private static void answer(SocketChannel client) {
        try (client) {
            InputStream in = Channels.newInputStream(client);
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int b = in.read();
                if (b < 0) {
                    return;
                }
                head.append((char) b);
            }
            String target = head.substring(0, head.indexOf(" HTTP/"));
            if (target.contains("/build")) {
                String end = "0\r\n\r\n";
                StringBuilder body = new StringBuilder();
                while (body.length() < end.length()
                        || !body.substring(body.length() - end.length()).equals(end)) {
                    body.append((char) in.read());
                }
            }
            OutputStream out = Channels.newOutputStream(client);
            out.write(reply(target).getBytes(StandardCharsets.UTF_8));
            client.shutdownOutput();
            in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException _) {
            // The command hung up first.
        }
    }

    private static String reply(String target) {
        boolean isExecStart = target.contains("/exec/") && target.endsWith("/start");
        if (target.contains("/attach") || isExecStart) {
            return response("101 UPGRADED", "") + "\u0001\0\0\0\0\0\0\u0003hi\n";
        }
        String body = "";
        if (target.contains("/containers/json")) {
            body = CONTAINERS;
        } else if (target.contains("/images/json")) {
            body = IMAGES;
        } else if (target.contains("/build")) {
            body = BUILD;
        } else if (target.contains("/wait")) {
            body = "{\"StatusCode\":0}";
        } else if (target.contains("/containers/create") || target.endsWith("/exec")) {
            body = "{\"Id\":\"" + ID + "\",\"Warnings\":[]}";
        } else if (target.contains("/logs")) {
            body = "\u0001\0\0\0\0\0\0\u0003hi\n";
        } else if (target.contains("/json")) {
            body = CONTAINER;
        }
        return response("200 OK", body);
    }

    private static String response(String status, String body) {
        return "HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length()
                + "\r\n\r\n" + body;
    }
}
