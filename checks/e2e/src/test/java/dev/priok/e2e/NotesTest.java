package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code examples/notes}: nginx, an application, PostgreSQL, Redis and a worker, built from Debian's packages, by docker-compose. */
@Tag("conformance")
class NotesTest {
    private static final Path TOP = Path.of("..", "..").toAbsolutePath().normalize();
    private static final int ENOUGH_NOTES = 40;

    private static TestDaemon daemon;
    private static Compose compose;
    private static String address;

    @BeforeAll
    static void build() throws IOException {
        assumeTrue(System.getProperty("user.name").equals("root"), "making containers needs root");
        assumeTrue(Compose.isThere(), "docker-compose comes from Debian's mirror (checks/peers/docker-compose)");
        daemon = TestDaemon.start();
        Path base = daemon.root().resolve("debian.tar");
        Program.run(
                        Map.of(),
                        new byte[0],
                        List.of(TOP.resolve("scripts/debian-image").toString(), base.toString()),
                        1200)
                .ok();
        daemon.docker().ok("import", base.toString(), "debian:bookworm-slim");
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        address = "http://127.0.0.1:" + port;
        compose = Compose.of(
                daemon,
                TOP.resolve("examples/notes/compose.yaml"),
                "notes",
                Map.of("NOTES_PORT", Integer.toString(port)));
        compose.ok("build");
    }

    @AfterAll
    static void stop() {
        if (daemon != null) {
            daemon.close();
        }
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request.timeout(Duration.ofSeconds(20)).build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    private static JsonNode notes() throws IOException, InterruptedException {
        return new ObjectMapper()
                .readTree(send(HttpRequest.newBuilder(URI.create(address + "/notes")))
                        .body());
    }

    /** The number of a note that was acknowledged. */
    private static int post(String text) throws IOException, InterruptedException {
        HttpResponse<String> answer = send(
                HttpRequest.newBuilder(URI.create(address + "/notes")).POST(HttpRequest.BodyPublishers.ofString(text)));
        if (answer.statusCode() != 201) {
            throw new IOException(answer.toString());
        }
        return new ObjectMapper().readTree(answer.body()).get("id").asInt();
    }

    private static boolean counted(Set<Integer> numbers) {
        try {
            Set<Integer> missing = new ConcurrentSkipListSet<>(numbers);
            for (JsonNode note : notes()) {
                if (note.get("words").asInt(0) == 3) {
                    missing.remove(note.get("id").asInt());
                }
            }
            return missing.isEmpty();
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Test
    void names_resolveAndDataPersists() throws Exception {
        compose.ok("up", "-d");
        for (String service : List.of("app", "worker", "database", "cache")) {
            for (String name : List.of("app", "worker", "database", "postgres", "cache", "notes_database_1")) {
                assertFalse(
                        compose.ok("exec", "-T", service, "getent", "hosts", name)
                                .isEmpty(),
                        service);
            }
        }
        assertFalse(compose.ok("exec", "-T", "web", "getent", "hosts", "app").isEmpty());
        assertTrue(
                compose.run("exec", "-T", "web", "getent", "hosts", "database").exit() != 0);
        int number = post("three words here");
        Await.until(() -> counted(Set.of(number)));
        compose.ok("down");
        compose.ok("up", "-d");
        assertTrue(counted(Set.of(number)));
    }

    /** PostgreSQL and Redis are killed in the middle of writes, the daemon with them; then the containers are made anew. */
    @Test
    void databases_loseNothingThatWasAcknowledged() throws Exception {
        compose.ok("up", "-d");
        Set<Integer> acknowledged = new ConcurrentSkipListSet<>();
        AtomicBoolean writing = new AtomicBoolean(true);
        Thread writer = Thread.startVirtualThread(() -> {
            while (writing.get()) {
                try {
                    acknowledged.add(post("three words here"));
                } catch (IOException e) {
                    TestDaemon.pause();
                } catch (InterruptedException e) {
                    return;
                }
            }
        });
        Await.until(() -> acknowledged.size() > ENOUGH_NOTES);
        Docker docker = daemon.docker();
        List<String> containers = List.of(compose.ok("ps", "-q", "database"), compose.ok("ps", "-q", "cache"));
        List<Long> pids = containers.stream()
                .map(id -> Long.parseLong(docker.ok("inspect", "-f", "{{.State.Pid}}", id)))
                .toList();
        daemon.kill();
        pids.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        writing.set(false);
        writer.join(Duration.ofSeconds(60));
        daemon.launch();
        containers.forEach(id -> docker.ok("rm", "-f", id));
        compose.ok("up", "-d");
        assertEquals(5, compose.ok("ps", "-q").lines().count());
        Await.until(() -> counted(acknowledged));
    }
}
