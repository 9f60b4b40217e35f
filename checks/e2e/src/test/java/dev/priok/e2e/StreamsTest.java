package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Output and input of containers for several who look on, slowly, or over a WebSocket. */
@ExtendWith(SharedDaemon.class)
@Timeout(Program.TIMEOUT_SECONDS)
class StreamsTest {
    /** More than what every buffer between a container and one who does not read could hold. */
    private static final int CHATTER_MEBIBYTES = 64;

    private static Docker docker;
    private static Path socket;

    @BeforeAll
    static void find() {
        docker = SharedDaemon.get().docker();
        socket = SharedDaemon.get().socket();
    }

    @Test
    void webSocket_carriesInputAndOutputAndTheEnd() throws IOException {
        String id = docker.ok("run", "-d", "-i", Busybox.IMAGE, "sh", "-c", "read one; echo $one; read two; echo $two");
        String target = "/v1.51/containers/" + id + "/attach/ws?stream=1&stdin=1&stdout=1&stderr=1";
        try (var one = UpgradedConnection.webSocket(socket, target);
                var other = UpgradedConnection.webSocket(socket, target)) {
            assertTrue(one.head().startsWith("HTTP/1.1 101 "), one.head());
            assertTrue(one.head().contains("Sec-WebSocket-Accept: " + UpgradedConnection.ACCEPT), one.head());
            one.send("first\n");
            assertEquals("first\n", one.receive(6));
            assertEquals("first\n", other.receive(6));
            other.send("second\n");
            assertEquals("second\n", one.receive(7));
            assertEquals("second\n", other.receive(7));
            assertTrue(one.closesNormally());
            assertTrue(other.closesNormally());
        }
        assertEquals("0", docker.ok("wait", id));
        docker.ok("rm", id);
    }

    @Test
    void webSocket_withoutUpgrade_isRefused() {
        String id = docker.ok("create", Busybox.IMAGE, "true");
        RawHttp.Answer answer =
                new RawHttp(socket).send("GET", "/containers/" + id + "/attach/ws?stream=1&stdout=1", "", "");
        assertEquals(400, answer.status());
        assertTrue(answer.body().contains("not a WebSocket request"), answer.body());
        docker.ok("rm", id);
    }

    /** Who attached before the start, as run does, owns the output and may hold it up; who comes later may not. */
    @Test
    void attach_whoDoesNotRead_doesNotSlowTheContainer() throws IOException {
        String id = docker.ok(
                "run",
                "-d",
                "--log-driver",
                "none",
                Busybox.IMAGE,
                "sh",
                "-c",
                "until [ -e /go ]; do sleep 0.05; done; dd if=/dev/zero bs=1M count=" + CHATTER_MEBIBYTES);
        String target = "/v1.51/containers/" + id + "/attach?stream=1&stdout=1";
        try (var idle = UpgradedConnection.raw(socket, target);
                var another = UpgradedConnection.raw(socket, target)) {
            docker.ok("exec", id, "touch", "/go");
            assertEquals("0", docker.ok("wait", id));
            assertTrue(idle.rest().length < CHATTER_MEBIBYTES << 20, "all of it was kept for one who did not read");
            assertTrue(another.rest().length < CHATTER_MEBIBYTES << 20, "all of it was kept for one who did not read");
        }
        docker.ok("rm", id);
    }

    @Test
    void detachKeys_leaveTheContainerRunning() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "script(1) gives the command a terminal");
        String id = docker.ok("run", "-d", "-i", "-t", "--detach-keys", "ctrl-x,y", Busybox.IMAGE, "cat");
        assertDetaches(id, "ctrl-a,d", "\u0001d");
        assertDetaches(id, "ctrl-x,ctrl-y", "\u0018\u0019");
        assertEquals("true", docker.ok("inspect", "-f", "{{.State.Running}}", id));
        docker.ok("rm", "-f", id);
    }

    /** By docker's command on a terminal: what is typed before the keys reaches the container, the keys do not. */
    private static void assertDetaches(String id, String keys, String typed) throws IOException, InterruptedException {
        String command = String.join(" ", docker.program()) + " attach --detach-keys " + keys + " " + id;
        Process attach = Program.start(docker.environment(), List.of("/usr/bin/script", "-qfec", command, "/dev/null"));
        try (OutputStream keyboard = attach.getOutputStream();
                BufferedReader screen = attach.inputReader()) {
            keyboard.write((keys + " works\n").getBytes(StandardCharsets.UTF_8));
            keyboard.flush();
            // Once from the terminal, and once from cat.
            Await.until(() -> docker.run("logs", id).out().split(keys + " works", -1).length == 3);
            keyboard.write(typed.getBytes(StandardCharsets.UTF_8));
            keyboard.flush();
            assertTrue(attach.waitFor(Program.TIMEOUT_SECONDS, TimeUnit.SECONDS), "attach goes on after its keys");
            assertTrue(screen.lines().anyMatch(line -> line.contains("read escape sequence")));
        } finally {
            attach.destroyForcibly();
        }
    }

    @Test
    void logs_followedOverRotations_loseAndRepeatNothing() throws IOException {
        String id = docker.ok(
                "create",
                "--log-opt",
                "max-size=64k",
                "--log-opt",
                "max-file=3",
                Busybox.IMAGE,
                "sh",
                "-c",
                // Over ten times what three files hold, in bursts, so that one who follows is not left behind by force.
                "echo begin; until [ -e /go ]; do sleep 0.05; done;"
                        + "for i in $(seq 1 25); do seq $((i * 1000)) $((i * 1000 + 999)); sleep 0.05; done");
        docker.ok("start", id);
        Process follow = docker.start("logs", "-f", id);
        try (BufferedReader lines = follow.inputReader()) {
            assertEquals("begin", lines.readLine());
            docker.ok("exec", id, "touch", "/go");
            long expected = 1000;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                assertEquals(Long.toString(expected), line);
                expected++;
            }
            assertEquals(26000, expected);
        } finally {
            follow.destroyForcibly();
        }
        String kept = docker.ok("logs", id);
        assertTrue(kept.endsWith("25999") && !kept.startsWith("begin"), "the log was not rotated");
        docker.ok("rm", id);
    }
}
