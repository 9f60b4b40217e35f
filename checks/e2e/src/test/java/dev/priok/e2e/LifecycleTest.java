package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The commands on containers that exist. */
@ExtendWith(SharedDaemon.class)
class LifecycleTest {
    private static Docker docker;

    @TempDir
    Path dir;

    @BeforeAll
    static void find() {
        docker = SharedDaemon.get().docker();
    }

    private static String sleeper(String... flags) {
        List<String> line = new java.util.ArrayList<>(List.of("run", "-d"));
        line.addAll(List.of(flags));
        line.addAll(List.of(Busybox.IMAGE, "sleep", "1000"));
        return docker.ok(line.toArray(String[]::new));
    }

    private static String state(String id, String field) {
        return docker.ok("inspect", "-f", "{{.State." + field + "}}", id);
    }

    @Test
    void states_followTheCommands() {
        String id = docker.ok("create", Busybox.IMAGE, "sleep", "1000");
        assertEquals("created", state(id, "Status"));
        docker.ok("start", id);
        assertEquals("running", state(id, "Status"));
        docker.ok("pause", id);
        assertEquals("paused", state(id, "Status"));
        docker.ok("unpause", id);
        docker.ok("restart", "-t", "0", id);
        assertEquals("running", state(id, "Status"));
        docker.ok("kill", id);
        docker.ok("wait", id);
        assertEquals("exited", state(id, "Status"));
        assertEquals("137", state(id, "ExitCode"));
        Program.Result rm = docker.run("rm", id);
        assertEquals(0, rm.exit(), rm.err());
        assertTrue(
                docker.run("inspect", id)
                        .err()
                        .toLowerCase(java.util.Locale.ROOT)
                        .contains("no such"),
                "still there");
    }

    @Test
    void update_pidsLimit_canBeTakenAway() {
        String id = sleeper("--pids-limit", "32");
        String[] read = {
            "exec", id, "sh", "-c", "cat /sys/fs/cgroup/pids.max /sys/fs/cgroup/pids/pids.max 2>/dev/null || true"
        };
        assertEquals("32", docker.ok(read));
        docker.ok("update", "--pids-limit", "-1", id);
        assertEquals("max", docker.ok(read));
        docker.ok("rm", "-f", id);
    }

    @Test
    void stop_sendsTheSignalThenKills() {
        String id =
                docker.ok("run", "-d", Busybox.IMAGE, "sh", "-c", "trap 'exit 7' TERM; while :; do sleep 0.1; done");
        docker.ok("stop", "-t", "30", id);
        assertEquals("7", state(id, "ExitCode"));
        String deaf = docker.ok("run", "-d", Busybox.IMAGE, "sh", "-c", "trap '' TERM; while :; do sleep 0.1; done");
        docker.ok("stop", "-t", "1", deaf);
        assertEquals("137", state(deaf, "ExitCode"));
        docker.ok("rm", id, deaf);
    }

    @Test
    void rm_refusesRunningUnlessForced() {
        String id = sleeper();
        Program.Result result = docker.run("rm", id);
        assertEquals(1, result.exit());
        assertTrue(result.err().contains("container is running"), result.err());
        docker.ok("rm", "-f", id);
    }

    @Test
    void logs_areFilteredAndFollowed() throws Exception {
        String id = docker.ok(
                "run",
                "-d",
                Busybox.IMAGE,
                "sh",
                "-c",
                "for i in 1 2 3 4 5; do echo line $i; done; echo oops >&2; sleep 1; echo last");
        Process follow = docker.start("logs", "-f", id);
        docker.ok("wait", id);
        assertTrue(follow.waitFor(30, TimeUnit.SECONDS));
        String followed = new String(follow.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals("line 1\nline 2\nline 3\nline 4\nline 5\nlast\n", followed);
        Program.Result all = docker.run("logs", id).ok();
        assertEquals("oops\n", all.err());
        assertEquals("last", docker.ok("logs", "--tail", "1", id));
        assertEquals(7, docker.run("logs", "-t", id).ok().out().lines().count() + 1);
        assertTrue(docker.ok("logs", "-t", "--tail", "1", id).matches("\\d{4}-\\d\\d-\\d\\dT\\S+Z last"));
        assertEquals(
                "",
                docker.run("logs", "--since", "2100-01-01T00:00:00Z", id).ok().out());
        docker.ok("rm", id);
    }

    @Test
    void exec_runsBesideTheFirstProcess() {
        String id = sleeper("-e", "A=1");
        try {
            assertEquals(
                    "1 2 /tmp 1000",
                    docker.ok(
                            "exec",
                            "-e",
                            "B=2",
                            "-w",
                            "/tmp",
                            "-u",
                            "app",
                            id,
                            "sh",
                            "-c",
                            "echo $A $B $PWD $(id -u)"));
            assertEquals(9, docker.run("exec", id, "sh", "-c", "exit 9").exit());
            assertEquals("in", docker.feed("in", "exec", "-i", id, "cat").ok().line());
            assertEquals(127, docker.run("exec", id, "no-such-command").exit());
            docker.ok("exec", "-d", id, "sh", "-c", "echo done > /tmp/marker");
            long deadline = System.nanoTime() + 5_000_000_000L;
            while (docker.run("exec", id, "cat", "/tmp/marker").exit() != 0 && System.nanoTime() < deadline) {
                TestDaemon.pause();
            }
            assertEquals("done", docker.ok("exec", id, "cat", "/tmp/marker"));
            assertTrue(docker.ok("exec", "-t", id, "tty").startsWith("/dev/pts/"));
            assertTrue(docker.ok("top", id).contains("sleep 1000"));
        } finally {
            docker.ok("rm", "-f", id);
        }
        Program.Result gone = docker.run("exec", id, "true");
        assertEquals(1, gone.exit());
        assertTrue(gone.err().contains("No such container"), gone.err());
    }

    @Test
    void attach_seesOutputAndGivesInput() throws Exception {
        String id = docker.ok("run", "-d", "-i", Busybox.IMAGE, "sh", "-c", "read x; echo got $x");
        Process attached = docker.start("attach", id);
        attached.getOutputStream().write("hello\n".getBytes(StandardCharsets.UTF_8));
        attached.getOutputStream().flush();
        assertTrue(attached.waitFor(30, TimeUnit.SECONDS));
        assertEquals("got hello\n", new String(attached.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        docker.ok("rm", id);
    }

    @Test
    void copy_goesBothWaysAndStaysInside() throws IOException {
        String id = sleeper();
        try {
            Files.createDirectories(dir.resolve("tree/sub"));
            Files.writeString(dir.resolve("tree/sub/file"), "content");
            docker.ok("cp", dir.resolve("tree").toString(), id + ":/tmp/");
            assertEquals("content", docker.ok("exec", id, "cat", "/tmp/tree/sub/file"));
            docker.ok("exec", id, "ln", "-s", "/etc/passwd", "/tmp/link");
            docker.ok("cp", "-L", id + ":/tmp/link", dir.resolve("copied").toString());
            assertTrue(Files.readString(dir.resolve("copied")).contains("/home/app"), "the host's file was copied");
            docker.ok("stop", "-t", "0", id);
            docker.ok("cp", id + ":/tmp/tree/sub/file", dir.resolve("back").toString());
            assertEquals("content", Files.readString(dir.resolve("back")));
            Program.Result missing = docker.run("cp", id + ":/no/such", dir.toString());
            assertEquals(1, missing.exit());
            assertTrue(missing.err().contains("/no/such"), missing.err());
        } finally {
            docker.ok("rm", "-f", id);
        }
    }

    @Test
    void diff_commit_export_keepWhatChanged() {
        String id = docker.ok(
                "run", "-d", Busybox.IMAGE, "sh", "-c", "echo new > /etc/new; rm /etc/group; echo more >> /etc/passwd");
        docker.ok("wait", id);
        assertEquals(
                List.of("A /etc/new", "C /etc", "C /etc/passwd", "D /etc/group"),
                docker.ok("diff", id).lines().sorted().toList());
        String image = docker.ok("commit", "-m", "changed", "-c", "CMD [\"cat\", \"/etc/new\"]", id, "changed:1");
        assertTrue(image.startsWith("sha256:"), image);
        assertEquals("new", docker.ok("run", "--rm", "changed:1"));
        assertFalse(docker.ok("run", "--rm", "changed:1", "ls", "/etc").contains("group"));
        byte[] archive = docker.run("export", id).ok().bytes();
        docker.feed(archive, "import", "-c", "ENV X=y", "-", "exported").ok();
        assertEquals("new y", docker.ok("run", "--rm", "exported", "sh", "-c", "echo $(cat /etc/new) $X"));
        docker.ok("rm", id);
        docker.ok("rmi", "changed:1", "exported");
    }

    @Test
    void rename_update_andWaitCondition() throws Exception {
        String id = sleeper("--name", "old-name");
        docker.ok("rename", "old-name", "new-name");
        docker.ok("update", "-m", "128m", "--memory-swap", "256m", "new-name");
        assertEquals(Long.toString(128L << 20), docker.ok("inspect", "-f", "{{.HostConfig.Memory}}", "new-name"));
        Process wait = docker.start("wait", id);
        docker.ok("kill", "-s", "KILL", id);
        assertTrue(wait.waitFor(30, TimeUnit.SECONDS));
        assertEquals("137\n", new String(wait.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        docker.ok("rm", "new-name");
    }

    @Test
    void events_comeInDockersOrder() {
        String name = "told";
        docker.ok("run", "--rm", "--name", name, Busybox.IMAGE, "true");
        String until = Long.toString(System.currentTimeMillis() / 1000 + 1);
        List<String> actions = docker.ok(
                        "events",
                        "--since",
                        "1h",
                        "--until",
                        until,
                        "--filter",
                        "container=" + name,
                        "--filter",
                        "type=container",
                        "--format",
                        "{{.Action}}")
                .lines()
                .toList();
        assertEquals(List.of("create", "attach", "start", "die", "destroy"), actions);
    }

    @Test
    void restartPolicy_startsAgain() {
        String id = docker.ok("run", "-d", "--restart", "on-failure:2", Busybox.IMAGE, "sh", "-c", "exit 3");
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (!(state(id, "Status").equals("exited")
                && docker.ok("inspect", "-f", "{{.RestartCount}}", id).equals("2"))) {
            assertTrue(System.nanoTime() < deadline, docker.ok("inspect", id));
            TestDaemon.pause();
        }
        assertEquals("3", state(id, "ExitCode"));
        docker.ok("rm", id);
    }

    @Test
    void health_isProbed() {
        String id = sleeper("--health-cmd", "test -f /tmp/well", "--health-interval", "100ms", "--health-retries", "1");
        try {
            awaitHealth(id, "unhealthy");
            docker.ok("exec", id, "touch", "/tmp/well");
            awaitHealth(id, "healthy");
        } finally {
            docker.ok("rm", "-f", id);
        }
    }

    private static void awaitHealth(String id, String wanted) {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (!docker.ok("inspect", "-f", "{{.State.Health.Status}}", id).equals(wanted)) {
            assertTrue(System.nanoTime() < deadline, docker.ok("inspect", id));
            TestDaemon.pause();
        }
    }

    @Test
    void stats_countWhatItUses() {
        String id = sleeper();
        try {
            String line = docker.ok("stats", "--no-stream", "--format", "{{.PIDs}} {{.MemUsage}}", id);
            assertTrue(line.matches("1 [0-9.]+[KM]iB / .*"), line);
        } finally {
            docker.ok("rm", "-f", id);
        }
    }

    @Test
    void prune_removesStoppedOnly() {
        String stopped = docker.ok("run", "-d", "--label", "prune-me", Busybox.IMAGE, "true");
        docker.ok("wait", stopped);
        String running = sleeper("--label", "prune-me");
        String out = docker.ok("container", "prune", "-f", "--filter", "label=prune-me");
        assertTrue(out.contains(stopped), out);
        assertFalse(out.contains(running), out);
        docker.ok("rm", "-f", running);
        assertTrue(docker.ok("system", "df").contains("Images"));
    }
}
