package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An application of five services by docker-compose 1.29; the one of real servers is {@link NotesTest}. */
@ExtendWith(SharedDaemon.class)
class ComposeTest {
    private static final Path FILE =
            Path.of("src", "test", "resources", "compose", "compose.yaml").toAbsolutePath();

    private static String get(String address) throws IOException {
        try (InputStream in = URI.create(address).toURL().openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void application_findsItsPartsAndKeepsItsData() throws IOException {
        assumeTrue(Compose.isThere(), "docker-compose comes from Debian's mirror (checks/peers/docker-compose)");
        Docker docker = SharedDaemon.get().docker();
        Compose compose = Compose.of(SharedDaemon.get(), FILE, "five", Map.of("BASE", Busybox.IMAGE));
        try {
            compose.ok("up", "-d", "--build");
            assertEquals("start\n", get("http://" + docker.ok("port", "five_web_1", "80") + "/cgi-bin/starts"));
            assertEquals("healthy", docker.ok("inspect", "-f", "{{.State.Health.Status}}", "five_app_1"));
            docker.ok(
                    "exec",
                    "five_worker_1",
                    "sh",
                    "-ec",
                    "for n in app application worker store queue five_queue_1; do nslookup $n; done; ! nslookup web");
            docker.ok("exec", "five_web_1", "nslookup", "app");
            assertNotEquals(
                    0,
                    docker.run("exec", "five_app_1", "touch", "/data/x").exit(),
                    "the application may only read the volume");
            compose.ok("down");
            assertFalse(docker.ok("network", "ls", "--format", "{{.Name}}").contains("five_"));
            compose.ok("up", "-d");
            assertEquals("start\nstart\n", get("http://" + docker.ok("port", "five_web_1", "80") + "/cgi-bin/starts"));
            assertEquals(
                    5,
                    docker.ok("ps", "-q", "--filter", "label=com.docker.compose.project=five")
                            .lines()
                            .count());
        } finally {
            compose.run("down", "-v", "--rmi", "local");
            docker.run("rmi", "compose-web");
        }
        assertFalse(docker.ok("volume", "ls", "-q").contains("five_data"));
        assertTrue(docker.ok("ps", "-aq", "--filter", "label=com.docker.compose.project=five")
                .isEmpty());
    }
}
