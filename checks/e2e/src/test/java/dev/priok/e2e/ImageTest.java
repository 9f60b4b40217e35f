package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The commands on images. */
@ExtendWith(SharedDaemon.class)
class ImageTest {
    private static Docker docker;

    @TempDir
    Path dir;

    @BeforeAll
    static void find() {
        docker = SharedDaemon.get().docker();
    }

    @Test
    void tag_rmi_countNames() {
        String id = docker.ok("inspect", "-f", "{{.Id}}", Busybox.IMAGE);
        docker.ok("tag", Busybox.IMAGE, "repo/other:2");
        assertEquals(id, docker.ok("images", "-q", "--no-trunc", "repo/other:2"));
        assertEquals("Untagged: repo/other:2", docker.ok("rmi", "repo/other:2"));
        assertEquals(id, docker.ok("inspect", "-f", "{{.Id}}", Busybox.IMAGE));
        Program.Result missing = docker.run("rmi", "repo/other:2");
        assertEquals(1, missing.exit());
        assertTrue(missing.err().contains("No such image: repo/other:2"), missing.err());
    }

    @Test
    void importOfAnAddress_fetchesIt() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/root.tar", exchange -> {
            try (exchange) {
                byte[] tar = Busybox.archive();
                exchange.sendResponseHeaders(200, tar.length);
                exchange.getResponseBody().write(tar);
            }
        });
        server.start();
        try {
            String host = "127.0.0.1:" + server.getAddress().getPort();
            String out = docker.ok("import", "http://" + host + "/root.tar", "fetched:1");
            assertTrue(out.startsWith("Downloading from http://" + host + "/root.tar"), out);
            assertEquals("yes", docker.ok("run", "--rm", "--network", "none", "fetched:1", "echo", "yes"));
            docker.ok("rmi", "fetched:1");
            Program.Result missing = docker.run("import", "http://" + host + "/nothing.tar");
            assertEquals(1, missing.exit());
            assertTrue(missing.err().contains("status 404"), missing.err());
        } finally {
            server.stop(0);
        }
    }

    @Test
    void mountedImage_isInUseWhoeverHasItsName() {
        String first = docker.feed(
                        "FROM " + Busybox.IMAGE + "\nLABEL n=1\nRUN echo 1 > /n", "build", "-q", "-t", "data:1", "-")
                .ok()
                .line();
        docker.ok(
                "run",
                "-d",
                "--name",
                "mounts",
                "--mount",
                "type=image,source=data:1,target=/d",
                Busybox.IMAGE,
                "sleep",
                "1000");
        String second = docker.feed(
                        "FROM " + Busybox.IMAGE + "\nLABEL n=2\nRUN echo 2 > /n", "build", "-q", "-t", "data:1", "-")
                .ok()
                .line();
        assertTrue(docker.run("rmi", first).err().contains("container"), "it is mounted");
        docker.ok("rmi", second);
        assertEquals("1", docker.ok("exec", "mounts", "cat", "/d/n"));
        docker.ok("rm", "-f", "mounts");
        docker.ok("rmi", first);
    }

    @Test
    void save_load_keepTheImage() {
        String first =
                docker.ok("run", "-d", Busybox.IMAGE, "sh", "-c", "echo saved > /saved; ln /saved /hard; mkfifo /pipe");
        docker.ok("wait", first);
        String id = docker.ok("commit", first, "kept:1");
        docker.ok("rm", first);
        Path file = dir.resolve("kept.tar");
        docker.ok("save", "-o", file.toString(), "kept:1");
        docker.ok("rmi", "kept:1");
        assertEquals("Loaded image: kept:1", docker.ok("load", "-i", file.toString()));
        assertEquals(id, docker.ok("inspect", "-f", "{{.Id}}", "kept:1"));
        assertEquals(
                "saved 2",
                docker.ok(
                        "run",
                        "--rm",
                        "kept:1",
                        "sh",
                        "-c",
                        "test -p /pipe && echo $(cat /hard) $(stat -c %h /saved)"));
        docker.ok("rmi", "kept:1");
        Program.Result broken = docker.feed("not a tar archive".repeat(100), "load");
        assertTrue(broken.exit() != 0, broken.out());
    }

    @Test
    void history_tellsTheLayers() {
        String history = docker.ok("history", "--format", "{{.Comment}}", Busybox.IMAGE);
        assertTrue(history.contains("Imported from -"), history);
    }

    @Test
    void missing_isNamed() {
        Program.Result result = docker.run("run", "--rm", "--pull", "never", "nowhere:1", "true");
        assertEquals(125, result.exit());
        assertTrue(result.err().contains("No such image: nowhere:1"), result.err());
    }

    @Test
    void prune_keepsTagged() {
        String container = docker.ok("run", "-d", Busybox.IMAGE, "touch", "/dangling");
        docker.ok("wait", container);
        String dangling = docker.ok("commit", container);
        docker.ok("rm", container);
        assertTrue(docker.ok("image", "prune", "-f").contains(dangling));
        docker.ok("inspect", Busybox.IMAGE);
    }
}
