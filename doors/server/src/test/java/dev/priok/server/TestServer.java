package dev.priok.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.BooleanSupplier;

/** A real server over an engine in memory, on a socket in a directory of its own. */
final class TestServer implements AutoCloseable {
    final FakeEngine engine = new FakeEngine();
    final FakeBuilder builder = new FakeBuilder();
    final Path socket;
    private final ApiServer server;

    private TestServer(Path socket) throws IOException {
        this.socket = socket;
        this.server = ApiServer.start(
                ServerConfig.of("0.1.0", Listener.Unix.at(socket)),
                engine,
                builder,
                InstantSource.fixed(Instant.parse("2026-01-02T03:05:05Z")));
    }

    /** Below /tmp: the path of a socket has at most 107 bytes. */
    static TestServer start() throws IOException {
        return new TestServer(Files.createTempDirectory("priok-server").resolve("s"));
    }

    RawClient connect() throws IOException {
        return new RawClient(socket);
    }

    /** One request on a connection of its own. */
    RawClient.Answer ask(String method, String path) throws IOException {
        try (RawClient client = connect()) {
            return client.ask(method, path);
        }
    }

    /** One request with a JSON body. */
    RawClient.Answer ask(String method, String path, String json) throws IOException {
        try (RawClient client = connect()) {
            return client.ask(method, path, json);
        }
    }

    /** Creates a container of this pretended command; returns its id. */
    String create(String command) throws IOException {
        return create(command, "");
    }

    String create(String command, String more) throws IOException {
        RawClient.Answer answer =
                ask("POST", "/containers/create", "{\"Image\":\"fake\",\"Cmd\":[\"" + command + "\"]" + more + "}");
        if (answer.status() != 201) {
            throw new AssertionError(answer.toString());
        }
        return answer.body().split("\"")[3];
    }

    /** Looks again until it holds, at most ten seconds. */
    static void until(String what, BooleanSupplier holds) throws InterruptedException {
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not in ten seconds: " + what);
            }
            Thread.sleep(2);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        Files.delete(socket.getParent());
    }
}
