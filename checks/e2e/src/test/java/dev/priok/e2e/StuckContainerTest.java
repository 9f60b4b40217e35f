package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A container that does not end when it should holds up nobody but who asked. */
@ExtendWith(SharedDaemon.class)
@Timeout(Program.TIMEOUT_SECONDS)
class StuckContainerTest {
    private final TestDaemon daemon = SharedDaemon.get();
    private final Docker docker = daemon.docker();

    @Test
    void stop_ofOneThatIgnoresTheSignal_holdsUpNobody() {
        String stuck = docker.ok("run", "-d", "--network", "none", Busybox.IMAGE, "sleep", "1000");
        CompletableFuture<Program.Result> stop =
                CompletableFuture.supplyAsync(() -> docker.run("stop", "-t", "100", stuck));
        Await.until(() -> docker.run("events", "--since", "1m", "--until", "0s", "--filter", "container=" + stuck)
                .out()
                .contains("container kill"));
        assertOthersGoOn(stuck);
        assertFalse(stop.isDone(), "nobody waited for it");
        assertEquals("running", docker.ok("inspect", "-f", "{{.State.Status}}", stuck));
        docker.ok("kill", stuck);
        assertEquals(0, stop.join().exit());
        assertEquals("137", docker.ok("inspect", "-f", "{{.State.ExitCode}}", stuck));
        docker.ok("rm", stuck);
    }

    /** It writes to a file system that is frozen: as uninterruptible as a process that waits for a dead disk or server. */
    @Test
    void remove_ofOneThatCannotDie_holdsUpNobody() throws Exception {
        String stuck = docker.ok(
                "run",
                "-d",
                "--network",
                "none",
                "--storage-opt",
                "size=16m",
                Busybox.IMAGE,
                "sh",
                "-c",
                "while :; do echo x > /f; done");
        Path upper = Path.of(docker.ok("inspect", "-f", "{{.GraphDriver.Data.UpperDir}}", stuck));
        Path state = Path.of("/proc", docker.ok("inspect", "-f", "{{.State.Pid}}", stuck), "stat");
        fsfreeze("-f", upper.getParent());
        CompletableFuture<Program.Result> remove;
        try {
            Await.until(() -> uninterruptible(state));
            remove = CompletableFuture.supplyAsync(() -> docker.run("rm", "-f", stuck));
            assertOthersGoOn(stuck);
            assertTrue(uninterruptible(state), "it could die");
        } finally {
            fsfreeze("-u", upper.getParent());
        }
        // Who waited was told after some seconds that it does not end; who asks again is served.
        remove.get(60, TimeUnit.SECONDS);
        Await.until(() -> {
            docker.run("rm", "-f", stuck);
            return !docker.ok("ps", "-aq", "--no-trunc").contains(stuck);
        });
    }

    private static void fsfreeze(String what, Path where) {
        Program.run(Map.of(), new byte[0], List.of("fsfreeze", what, where.toString()))
                .ok();
    }

    private static boolean uninterruptible(Path stat) {
        try {
            String line = Files.readString(stat);
            return line.charAt(line.lastIndexOf(')') + 2) == 'D';
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void assertOthersGoOn(String stuck) {
        String other = docker.ok("run", "-d", "--network", "none", Busybox.IMAGE, "sleep", "1000");
        assertTrue(docker.ok("ps", "-aq", "--no-trunc").contains(stuck));
        docker.ok("inspect", stuck);
        docker.run("logs", stuck);
        docker.ok("info");
        docker.ok("system", "df");
        docker.ok("exec", other, "true");
        docker.ok("stop", "-t", "0", other);
        docker.ok("start", other);
        docker.ok("rm", "-f", other);
    }

    @Test
    void liveRestoreOff_containersEndWithTheDaemon() throws IOException {
        try (TestDaemon own = TestDaemon.start("--live-restore=false")) {
            Docker its = own.docker();
            Busybox.into(its);
            assertEquals("false", its.ok("info", "-f", "{{.LiveRestoreEnabled}}"));
            String once = its.ok("run", "-d", "--init", "--network", "none", Busybox.IMAGE, "sleep", "1000");
            String always = its.ok(
                    "run",
                    "-d",
                    "--init",
                    "--restart",
                    "unless-stopped",
                    "--network",
                    "none",
                    Busybox.IMAGE,
                    "sleep",
                    "1000");
            List<Long> before = pids(its, once, always);
            own.stop();
            awaitEnd(before);
            own.launch();
            assertEquals("exited 143", its.ok("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", once));
            Await.until(
                    () -> its.ok("inspect", "-f", "{{.State.Running}}", always).equals("true"));
            // One that was killed could not stop them; the next does.
            its.ok("start", once);
            before = pids(its, once, always);
            own.kill();
            before.forEach(pid -> assertTrue(ProcessHandle.of(pid).isPresent(), "its process ended with the daemon"));
            own.launch();
            awaitEnd(before);
            assertEquals("exited 143", its.ok("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", once));
            Await.until(
                    () -> its.ok("inspect", "-f", "{{.State.Running}}", always).equals("true"));
            // A restart that was planned meanwhile is not what a stop meets.
            its.ok("stop", always);
            assertEquals("false", its.ok("inspect", "-f", "{{.State.Running}}", always));
        }
    }

    /** A process that has ended is there until somebody waited for it. */
    private static void awaitEnd(List<Long> pids) {
        Await.until(() -> pids.stream().noneMatch(pid -> ProcessHandle.of(pid).isPresent()));
    }

    private static List<Long> pids(Docker docker, String... ids) {
        return java.util.stream.Stream.of(ids)
                .map(id -> Long.parseLong(docker.ok("inspect", "-f", "{{.State.Pid}}", id)))
                .toList();
    }
}
