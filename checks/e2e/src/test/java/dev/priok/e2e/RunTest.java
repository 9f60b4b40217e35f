package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code docker run} and its flags. */
@ExtendWith(SharedDaemon.class)
class RunTest {
    private static Docker docker;

    @TempDir
    Path dir;

    @BeforeAll
    static void find() {
        docker = SharedDaemon.get().docker();
    }

    private static String sh(String script, String... flags) {
        return docker.ok(line(script, flags));
    }

    private static String[] line(String script, String... flags) {
        List<String> all = new java.util.ArrayList<>(List.of("run", "--rm"));
        all.addAll(List.of(flags));
        all.addAll(List.of(Busybox.IMAGE, "sh", "-c", script));
        return all.toArray(String[]::new);
    }

    @Test
    void output_keepsStreamsApart() {
        Program.Result result = docker.run(line("echo out; echo err >&2"));
        assertEquals(0, result.exit());
        assertEquals("out\n", result.out());
        assertEquals("err\n", result.err());
    }

    @ParameterizedTest
    @CsvSource({"exit 0, 0", "exit 3, 3", "sleep 9 & kill -9 $!; wait $!, 137", "kill -TERM $$; exit 5, 5"})
    void exit_isTheProcesss(String script, int status) {
        assertEquals(status, docker.run(line(script)).exit());
    }

    @Test
    void exit_tellsWhyNothingRan() {
        Program.Result missing = docker.run("run", "--rm", Busybox.IMAGE, "no-such-command");
        assertEquals(127, missing.exit(), missing.err());
        assertTrue(missing.err().contains("executable file not found in $PATH"), missing.err());
        Program.Result denied = docker.run("run", "--rm", Busybox.IMAGE, "/etc/passwd");
        assertEquals(126, denied.exit(), denied.err());
        assertTrue(denied.err().contains("permission denied"), denied.err());
        Program.Result flag = docker.run("run", "--rm", "-m", "1m", Busybox.IMAGE, "true");
        assertEquals(125, flag.exit(), flag.err());
        assertTrue(flag.err().contains("Minimum memory limit allowed is 6MB"), flag.err());
    }

    @Test
    void stdin_reachesTheProcessAndEnds() {
        Program.Result result = docker.feed("one\ntwo\n", "run", "--rm", "-i", Busybox.IMAGE, "wc", "-l");
        assertEquals("2", result.ok().line());
        byte[] binary = new byte[300_000];
        new java.util.Random(1).nextBytes(binary);
        assertEquals(
                java.util.HexFormat.of().formatHex(binary),
                java.util.HexFormat.of()
                        .formatHex(docker.feed(binary, "run", "--rm", "-i", Busybox.IMAGE, "cat")
                                .ok()
                                .bytes()));
    }

    @Test
    void environment_hasDockersDefaultsAndOurs() {
        List<String> env = docker.ok(
                        "run", "--rm", "-e", "A=b c", "-e", "HOME=/x", "--hostname", "box", Busybox.IMAGE, "env")
                .lines()
                .toList();
        assertTrue(env.contains("A=b c"), env.toString());
        assertTrue(env.contains("HOME=/x"), env.toString());
        assertTrue(env.contains("HOSTNAME=box"), env.toString());
        assertTrue(env.contains("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"), env.toString());
        assertEquals("/home/app", sh("echo $HOME", "-u", "app"));
    }

    @Test
    void user_isByNameOrNumberWithGroups() {
        assertEquals("uid=1000(app) gid=1000(app) groups=1000(app),2000(extra)", sh("id", "-u", "app"));
        assertEquals("uid=5 gid=6 groups=6", sh("id", "-u", "5:6"));
        Program.Result result = docker.run("run", "--rm", "-u", "nobody-here", Busybox.IMAGE, "true");
        assertTrue(result.exit() == 125 || result.exit() == 126, result.err());
        assertTrue(
                result.err().contains("unable to find user nobody-here: no matching entries in passwd file"),
                result.err());
    }

    @Test
    void workingDirectory_isMade() {
        assertEquals("/a/b", sh("pwd", "-w", "/a/b"));
    }

    @Test
    void entrypoint_replacesTheImages() {
        assertEquals("x y", docker.ok("run", "--rm", "--entrypoint", "echo", Busybox.IMAGE, "x", "y"));
    }

    @Test
    void hostname_isTheShortIdByDefault() {
        String id = docker.ok("run", "-d", Busybox.IMAGE, "hostname");
        docker.ok("wait", id);
        assertEquals(id.substring(0, 12), docker.ok("logs", id));
        docker.ok("rm", id);
    }

    @Test
    void bind_isSharedAndMayBeReadOnly() throws IOException {
        Files.writeString(dir.resolve("in"), "from the host");
        assertEquals("from the host", sh("cat /m/in; echo back > /m/out", "-v", dir + ":/m"));
        assertEquals("back\n", Files.readString(dir.resolve("out")));
        Program.Result result = docker.run(line("echo x > /m/no", "-v", dir + ":/m:ro"));
        assertEquals(1, result.exit());
        assertTrue(result.err().contains("Read-only file system"), result.err());
        assertEquals("from the host", sh("cat /file", "--mount", "type=bind,src=" + dir.resolve("in") + ",dst=/file"));
    }

    @Test
    void readOnly_rootRefusesWrites() {
        Program.Result result = docker.run(line("echo x > /x", "--read-only"));
        assertEquals(1, result.exit());
        assertTrue(result.err().contains("Read-only file system"), result.err());
        assertEquals("ok", sh("echo ok > /tmp/x && cat /tmp/x", "--read-only", "--tmpfs", "/tmp"));
    }

    @Test
    void limits_arriveInTheCgroup() throws IOException {
        String id = docker.ok(
                "run", "-d", "-m", "64m", "--cpus", "0.5", "--pids-limit", "33", Busybox.IMAGE, "sleep", "60");
        try {
            String pid = docker.ok("inspect", "-f", "{{.State.Pid}}", id);
            assertEquals(Long.toString(64L << 20), cgroupFile(pid, "memory", "memory.limit_in_bytes", "memory.max"));
            assertEquals("33", cgroupFile(pid, "pids", "pids.max", "pids.max"));
            String quota = cgroupFile(pid, "cpu", "cpu.cfs_quota_us", "cpu.max");
            assertTrue(quota.equals("50000") || quota.equals("50000 100000"), quota);
        } finally {
            docker.ok("rm", "-f", id);
        }
    }

    private static String cgroupFile(String pid, String controller, String v1, String v2) throws IOException {
        String unified = "";
        for (String line : Files.readAllLines(Path.of("/proc", pid, "cgroup"))) {
            String[] parts = line.split(":", 3);
            if (List.of(parts[1].split(",")).contains(controller)) {
                return Files.readString(Path.of("/sys/fs/cgroup", controller, parts[2], v1))
                        .strip();
            }
            if (parts[0].equals("0")) {
                unified = parts[2];
            }
        }
        return Files.readString(Path.of("/sys/fs/cgroup" + unified, v2)).strip();
    }

    @Test
    void memory_beyondTheLimitIsKilledAndSaid() {
        String id = docker.ok(
                "run",
                "-d",
                "-m",
                "16m",
                "--memory-swap",
                "16m",
                Busybox.IMAGE,
                "sh",
                "-c",
                "x=a; while :; do x=$x$x; done");
        assertEquals("137", docker.ok("wait", id));
        assertEquals("true", docker.ok("inspect", "-f", "{{.State.OOMKilled}}", id));
        docker.ok("rm", id);
    }

    @Test
    void pidsLimit_stopsForkBombs() {
        Program.Result result = docker.run(
                line("for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 5 & done; echo all", "--pids-limit", "5"));
        assertTrue(result.err().contains("can't fork"), result.out() + result.err());
    }

    @Test
    void network_noneHasOnlyLoopbackAndHostHasAll() {
        assertEquals("lo", sh("ls /sys/class/net", "--network", "none"));
        assertEquals("127.0.0.1", sh("ip -o -4 addr show lo | awk '{print $4}' | cut -d/ -f1", "--network", "none"));
        String host = Program.run(java.util.Map.of(), new byte[0], List.of("readlink", "/proc/self/ns/net"))
                .line();
        assertEquals(host, sh("readlink /proc/self/ns/net", "--network", "host"));
    }

    @Test
    void network_ofAnotherContainerIsShared() {
        String first = docker.ok("run", "-d", "--network", "none", Busybox.IMAGE, "sleep", "60");
        try {
            String theirs = docker.ok("exec", first, "readlink", "/proc/self/ns/net");
            assertEquals(theirs, sh("readlink /proc/self/ns/net", "--network", "container:" + first));
        } finally {
            docker.ok("rm", "-f", first);
        }
    }

    @Test
    void init_reapsAndForwards() {
        assertEquals("1", docker.ok("run", "--rm", "--init", Busybox.IMAGE, "sh", "-c", "test $$ != 1 && echo 1"));
        String id = docker.ok("run", "-d", "--init", Busybox.IMAGE, "sleep", "60");
        long before = System.nanoTime();
        docker.ok("stop", "-t", "20", id);
        assertTrue(System.nanoTime() - before < 15_000_000_000L, "TERM did not reach the process");
        assertEquals("143", docker.ok("inspect", "-f", "{{.State.ExitCode}}", id));
        docker.ok("rm", id);
    }

    @Test
    void tty_isATerminal() {
        String out = docker.run("run", "--rm", "-t", Busybox.IMAGE, "sh", "-c", "tty; echo line")
                .ok()
                .out();
        assertTrue(out.contains("/dev/pts/0\r\n") && out.contains("line\r\n"), out);
    }

    @Test
    void name_isUniqueAndFound() {
        docker.ok("create", "--name", "only-one", "--label", "a=b", Busybox.IMAGE, "true");
        try {
            Program.Result again = docker.run("create", "--name", "only-one", Busybox.IMAGE, "true");
            assertEquals(1, again.exit());
            assertTrue(
                    again.err().contains("Conflict. The container name \"/only-one\" is already in use by container"),
                    again.err());
            assertEquals("only-one", docker.ok("ps", "-a", "--filter", "label=a=b", "--format", "{{.Names}}"));
        } finally {
            docker.ok("rm", "only-one");
        }
    }

    @Test
    void withoutEffect_isSaid() {
        assertTrue(docker.run("run", "--rm", "--network", "host", "-p", "80", Busybox.IMAGE, "true")
                .err()
                .contains("Published ports are discarded when using host network mode"));
    }

    @Test
    void rm_leavesNothing() {
        long before = docker.ok("ps", "-aq").lines().count();
        docker.ok("run", "--rm", Busybox.IMAGE, "true");
        long deadline = System.nanoTime() + 5_000_000_000L;
        while (docker.ok("ps", "-aq").lines().count() > before && System.nanoTime() < deadline) {
            TestDaemon.pause();
        }
        assertEquals(before, docker.ok("ps", "-aq").lines().count());
    }
}
