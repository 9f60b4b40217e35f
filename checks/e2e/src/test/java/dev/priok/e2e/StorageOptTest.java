package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code --storage-opt size=}: what a container writes has a bound, on any file system of the host. */
@ExtendWith(SharedDaemon.class)
@Timeout(Program.TIMEOUT_SECONDS)
class StorageOptTest {
    /** Writes until there is no room, and says how much there was. */
    private static final String FILL = "dd if=/dev/zero of=/full bs=64k 2>&1; stat -c %s /full";

    private static final String FULL = "No space left on device";

    @Test
    void size_isKept() throws IOException {
        TestDaemon daemon = SharedDaemon.get();
        Docker docker = daemon.docker();
        String id = docker.ok(
                "run",
                "-d",
                "--storage-opt",
                "size=24m",
                Busybox.IMAGE,
                "sh",
                "-c",
                FILL + "; echo filled; sleep 1000");
        Await.until(() -> docker.run("logs", id).out().contains("filled"));
        String log = docker.ok("logs", id);
        assertTrue(log.contains(FULL), log);
        long written = Long.parseLong(
                log.lines().filter(line -> line.matches("[0-9]+")).findFirst().orElseThrow());
        assertTrue(written > 12 << 20 && written < 24 << 20, log);
        assertNotEquals(
                0,
                docker.run("exec", id, "dd", "if=/dev/zero", "of=/more", "bs=64k", "count=16")
                        .exit());

        // The others have room, and what looks at a container sees this one's files.
        assertEquals(
                "",
                docker.ok(
                        "run",
                        "--rm",
                        Busybox.IMAGE,
                        "dd",
                        "if=/dev/zero",
                        "of=/x",
                        "bs=1M",
                        "count=32",
                        "status=none"));
        assertTrue(docker.ok("diff", id).lines().toList().contains("A /full"), docker.ok("diff", id));
        assertTrue(docker.ok("ps", "-s", "--filter", "id=" + id, "--format", "{{.Size}}")
                .matches("[12][0-9.]+MB .*"));
        assertTrue(docker.ok("system", "df", "-v")
                .lines()
                .anyMatch(line -> line.startsWith(id.substring(0, 12)) && line.matches(".* [12][0-9.]+MB .*")));
        Path copy = daemon.root().resolve("copied-out");
        docker.ok("cp", id + ":/full", copy.toString());
        assertEquals(written, Files.size(copy));
        Files.delete(copy);

        // It holds over restarts, and when the daemon is killed.
        docker.ok("exec", id, "rm", "-f", "/full", "/more");
        docker.ok("exec", id, "sh", "-c", "echo kept > /kept");
        docker.ok("stop", "-t", "0", id);
        assertTrue(docker.ok("diff", id).lines().toList().contains("A /kept"), docker.ok("diff", id));
        Path in = Files.writeString(daemon.root().resolve("copied-in"), "from outside");
        docker.ok("cp", in.toString(), id + ":/outside");
        docker.ok("start", id);
        assertEquals("kept", docker.ok("exec", id, "cat", "/kept"));
        assertEquals("from outside", docker.ok("exec", id, "cat", "/outside"));
        docker.ok("exec", id, "rm", "-f", "/full");
        String image = docker.ok("commit", id);
        assertEquals("kept", docker.ok("run", "--rm", image, "cat", "/kept"));
        docker.ok("rm", "-f", id);
        docker.ok("rmi", image);
        assertGone(daemon);
    }

    @Test
    void killedDaemon_findsItAgain() throws IOException {
        try (TestDaemon daemon = TestDaemon.start()) {
            Docker docker = daemon.docker();
            Busybox.into(docker);
            String running = docker.ok(
                    "run", "-d", "--storage-opt", "size=16m", Busybox.IMAGE, "sh", "-c", "echo 1 > /one; sleep 1000");
            String ended =
                    docker.ok("run", "-d", "--storage-opt", "SIZE=16m", Busybox.IMAGE, "sh", "-c", "echo 2 > /two");
            docker.ok("wait", ended);
            String upper = docker.ok("inspect", "-f", "{{.GraphDriver.Data.UpperDir}}", ended);
            daemon.kill();
            // What a restart of the host does.
            Program.run(
                    Map.of(),
                    new byte[0],
                    List.of("umount", Path.of(upper).getParent().toString()));
            assertFalse(Files.exists(Path.of(upper)));
            daemon.launch();
            assertEquals("1", docker.ok("exec", running, "cat", "/one"));
            assertTrue(docker.run("exec", running, "sh", "-c", FILL).out().contains(FULL));
            assertTrue(docker.ok("diff", ended).contains("A /two"));
            docker.ok("start", "-a", ended);
            docker.ok("rm", "-f", running, ended);
            assertGone(daemon);
        }
    }

    /** Removal goes on behind the answer. */
    private static void assertGone(TestDaemon daemon) {
        Path active = daemon.dataRoot().resolve("snapshots/active");
        Await.until(() -> Leftovers.mounts(active).isEmpty()
                && Leftovers.loops(daemon.root()).isEmpty());
    }

    @Test
    void nonsense_isRefused() {
        Docker docker = SharedDaemon.get().docker();
        Program.Result unknown = docker.run("create", "--storage-opt", "colour=red", Busybox.IMAGE, "true");
        assertNotEquals(0, unknown.exit());
        assertTrue(unknown.err().contains("unknown option colour"), unknown.err());
        Program.Result bad = docker.run("create", "--storage-opt", "size=lots", Busybox.IMAGE, "true");
        assertTrue(bad.err().contains("invalid size: 'lots'"), bad.err());
        Program.Result small = docker.run("create", "--storage-opt", "size=1k", Busybox.IMAGE, "true");
        assertTrue(small.err().contains("can be bounded to"), small.err());
        assertFalse(docker.run("ps", "-a").out().contains("storage-opt"));
    }
}
