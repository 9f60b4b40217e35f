package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} of the daemon at bad moments. */
@ExtendWith(SharedDaemon.class)
class SurvivalTest {
    private static final int CONTAINERS = 20;

    @TempDir
    Path dir;

    @Test
    void containers_goOnAndLoseNothing() throws Exception {
        try (TestDaemon daemon = TestDaemon.start()) {
            Docker docker = daemon.docker();
            Busybox.into(docker);
            List<String> writers = new ArrayList<>();
            for (int i = 0; i < CONTAINERS; i++) {
                writers.add(
                        docker.ok(
                                "run",
                                "-d",
                                Busybox.IMAGE,
                                "sh",
                                "-c",
                                "i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); [ $((i % 50)) = 0 ] && sleep 0.05; done; exit 5"));
            }
            String ends = docker.ok("run", "-d", Busybox.IMAGE, "sh", "-c", "sleep 1; echo last words; exit 42");
            String stays = docker.ok("run", "-d", "--name", "stays", Busybox.IMAGE, "sleep", "1000");
            String pid = docker.ok("inspect", "-f", "{{.State.Pid}}", stays);
            String removed = docker.ok("run", "-d", "--rm", Busybox.IMAGE, "sleep", "1");
            daemon.kill();
            Thread.sleep(1500);
            daemon.launch();

            assertEquals("running", docker.ok("inspect", "-f", "{{.State.Status}}", stays));
            assertEquals(pid, docker.ok("inspect", "-f", "{{.State.Pid}}", stays));
            assertEquals("42", docker.ok("wait", ends));
            assertEquals("last words", docker.ok("logs", ends));
            assertEquals("alive", docker.ok("exec", stays, "echo", "alive"));
            String expected =
                    IntStream.range(0, 3000).mapToObj(i -> "line " + i + "\n").collect(Collectors.joining());
            for (String writer : writers) {
                assertEquals("5", docker.ok("wait", writer));
                assertEquals(expected, docker.run("logs", writer).ok().out(), "log of " + writer);
            }
            long deadline = System.nanoTime() + 10_000_000_000L;
            while (docker.run("inspect", removed).exit() == 0) {
                assertTrue(System.nanoTime() < deadline, "--rm container is still there");
                TestDaemon.pause();
            }
            docker.ok("stop", "-t", "0", stays);
            assertEquals("137", docker.ok("inspect", "-f", "{{.State.ExitCode}}", stays));
        }
    }

    @Test
    void stop_leavesContainersRunning() throws Exception {
        try (TestDaemon daemon = TestDaemon.start()) {
            Docker docker = daemon.docker();
            Busybox.into(docker);
            String id = docker.ok("run", "-d", "-i", Busybox.IMAGE, "cat");
            assertEquals(0, daemon.stop());
            daemon.launch();
            Process attached = docker.start("attach", id);
            attached.getOutputStream().write("after\n".getBytes(StandardCharsets.UTF_8));
            attached.getOutputStream().flush();
            assertEquals("after\n", new String(attached.getInputStream().readNBytes(6), StandardCharsets.UTF_8));
            docker.ok("kill", id);
            assertTrue(attached.waitFor(30, TimeUnit.SECONDS));
        }
    }

    @Test
    void halfMadeImages_areNotSeenAndGiveTheirSpaceBack() throws Exception {
        try (TestDaemon daemon = TestDaemon.start()) {
            Docker docker = daemon.docker();
            Busybox.into(docker);
            Files.write(dir.resolve("big"), new byte[64 << 20]);
            Files.writeString(
                    dir.resolve("Dockerfile"),
                    "FROM bb\nCOPY big /\nRUN dd if=/dev/zero of=/more bs=1M count=64; sleep 30\n");
            long before = usage(daemon);
            Process build = docker.start("build", "-t", "half", dir.toString());
            Await.until(() -> usage(daemon) > before + 100 * 1024);
            daemon.kill();
            build.destroyForcibly();
            byte[] tar = Program.run(java.util.Map.of(), new byte[0], List.of("tar", "-C", dir.toString(), "-c", "big"))
                    .ok()
                    .bytes();
            daemon.launch();
            Process load = docker.start("import", "-", "half2");
            load.getOutputStream().write(tar, 0, tar.length / 2);
            load.getOutputStream().flush();
            Await.until(() -> usage(daemon) > before + 20 * 1024);
            daemon.kill();
            load.destroyForcibly();
            daemon.launch();
            assertEquals("", docker.ok("images", "-q", "half"));
            assertEquals("", docker.ok("images", "-q", "half2"));
            docker.ok("container", "prune", "-f");
            docker.run("builder", "prune", "-af");
            docker.ok("image", "prune", "-af");
            Await.until(() -> usage(daemon) < before + 10 * 1024);
            assertFalse(docker.ok("ps", "-a").contains("half"));
        }
    }

    /** Kilobytes in the data root. */
    private static long usage(TestDaemon daemon) {
        return Long.parseLong(Program.run(
                        java.util.Map.of(),
                        new byte[0],
                        List.of("du", "-skx", daemon.dataRoot().toString()))
                .out()
                .split("\\s")[0]);
    }
}
