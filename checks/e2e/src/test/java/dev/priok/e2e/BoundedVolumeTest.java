package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code docker volume create -o size=...}, across the death of the daemon. */
class BoundedVolumeTest {
    private static TestDaemon daemon;

    @BeforeAll
    static void start() {
        assumeTrue(System.getProperty("user.name").equals("root"), "making containers needs root");
        assumeTrue(Files.exists(Path.of("/dev/loop-control")), "this kernel has no loop devices");
        daemon = TestDaemon.start();
        Busybox.into(daemon.docker());
    }

    @AfterAll
    static void stop() {
        if (daemon != null) {
            daemon.close();
        }
    }

    @Test
    void size_isTheMostThatFitsIn() throws IOException {
        Docker docker = daemon.docker();
        docker.ok("volume", "create", "-o", "size=32m", "small");
        docker.ok("run", "-d", "--name", "holder", "-v", "small:/v", Busybox.IMAGE, "sleep", "1000");
        assertEquals("", docker.ok("exec", "holder", "ls", "-A", "/v"), "an empty volume is empty");
        docker.ok("exec", "holder", "sh", "-c", "head -c 10000000 /dev/zero > /v/ten && sync");
        Program.Result full = docker.run("exec", "holder", "sh", "-c", "dd if=/dev/zero of=/v/much bs=1M count=40");
        assertNotEquals(0, full.exit());
        assertTrue(full.err().contains("No space left on device"), full.err());
        docker.ok("exec", "holder", "rm", "/v/much");
        daemon.kill();
        daemon.launch();
        assertEquals("10000000", docker.ok("exec", "holder", "stat", "-c", "%s", "/v/ten"));
        docker.ok("rm", "-f", "holder");
        Await.until(() -> Leftovers.loops(daemon.root()).isEmpty());
        daemon.kill();
        daemon.launch();
        assertEquals(
                "10000000", docker.ok("run", "--rm", "-v", "small:/v", Busybox.IMAGE, "stat", "-c", "%s", "/v/ten"));
        docker.ok("volume", "rm", "small");
        assertFalse(Files.exists(daemon.dataRoot().resolve("volumes/small")));
        assertEquals(0, Leftovers.loops(daemon.root()).size());
    }

    @Test
    void imageContent_isCopiedIntoIt() {
        Docker docker = daemon.docker();
        docker.ok("volume", "create", "-o", "size=1g", "home");
        assertEquals("app", docker.ok("run", "--rm", "-v", "home:/home", Busybox.IMAGE, "ls", "-A", "/home"));
        docker.ok("volume", "rm", "home");
    }

    @Test
    void sizes_areChecked() {
        Docker docker = daemon.docker();
        for (String wrong : new String[] {"1m", "x", "100t"}) {
            Program.Result result = docker.run("volume", "create", "-o", "size=" + wrong, "wrong");
            assertEquals(1, result.exit());
            assertTrue(result.err().contains("invalid size"), result.err());
        }
        Program.Result both =
                docker.run("volume", "create", "-o", "size=20m", "-o", "type=tmpfs", "-o", "device=tmpfs", "wrong");
        assertTrue(both.err().contains("cannot be combined"), both.err());
        assertFalse(docker.ok("volume", "ls", "-q").contains("wrong"));
    }
}
