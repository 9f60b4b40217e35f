package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;

/** A daemon whose containers' users are others outside: {@code --userns-remap}. */
@ExtendWith(UsernsTest.Root.class)
class UsernsTest {
    /** Skips, saying why, without root. */
    static final class Root implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            return System.getProperty("user.name").equals("root")
                    ? ConditionEvaluationResult.enabled("root")
                    : ConditionEvaluationResult.disabled("making containers needs root");
        }
    }

    private static final List<Path> FILES = List.of(Path.of("/etc/subuid"), Path.of("/etc/subgid"));
    private static final List<Boolean> HAD = new java.util.ArrayList<>();
    private static final String LINE = "dockremap:";

    private static TestDaemon daemon;
    private static Docker docker;

    @TempDir
    Path dir;

    @BeforeAll
    static void start() throws IOException {
        for (Path file : FILES) {
            HAD.add(Files.exists(file) && Files.readAllLines(file).stream().anyMatch(line -> line.startsWith(LINE)));
        }
        daemon = TestDaemon.start("--userns-remap", "default");
        docker = daemon.docker();
        Busybox.into(docker);
    }

    @AfterAll
    static void stop() throws IOException {
        daemon.close();
        for (int i = 0; i < FILES.size(); i++) {
            if (!HAD.get(i)) {
                List<String> left = Files.readAllLines(FILES.get(i)).stream()
                        .filter(line -> !line.startsWith(LINE))
                        .toList();
                if (left.isEmpty()) {
                    Files.delete(FILES.get(i));
                } else {
                    Files.write(FILES.get(i), left);
                }
            }
        }
    }

    @AfterEach
    void remove() {
        docker.run("rm", "-f", "-v", "mapped", "second");
        docker.run("volume", "rm", "mapped-data");
        docker.run("rmi", "-f", "mapped-image", "mapped-built");
    }

    private static String sh(String script, String... flags) {
        List<String> all = new java.util.ArrayList<>(List.of("run", "--rm"));
        all.addAll(List.of(flags));
        all.addAll(List.of(Busybox.IMAGE, "sh", "-c", script));
        return docker.ok(all.toArray(String[]::new));
    }

    private static void background(String name, String... flags) {
        List<String> all = new java.util.ArrayList<>(List.of("run", "-d", "--name", name));
        all.addAll(List.of(flags));
        all.addAll(List.of(Busybox.IMAGE, "sleep", "1000"));
        docker.ok(all.toArray(String[]::new));
    }

    private static int userOf(String name) throws IOException {
        String pid = docker.ok("inspect", "-f", "{{.State.Pid}}", name);
        return Files.readAllLines(Path.of("/proc", pid, "status")).stream()
                .filter(line -> line.startsWith("Uid:"))
                .map(line -> Integer.parseInt(line.split("\\s+")[1]))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void root_isSomebodyElseOutside_andLooksAsEver() throws IOException {
        background("mapped");
        assertTrue(userOf("mapped") >= 100_000, Integer.toString(userOf("mapped")));
        assertTrue(docker.ok("info", "-f", "{{.SecurityOptions}}").contains("name=userns"));
        String out = docker.ok(
                "exec",
                "mapped",
                "sh",
                "-c",
                "id -u; ls -n /bin/busybox /etc/hosts | awk '{print $3 $4}'; echo x > /made; echo 192.0.2.1 me >> /etc/hosts;"
                        + " ls -n /made | awk '{print $3 $4}'; wget -q -O- http://127.0.0.1:1 2>&1 | head -1; ls /sys/class/net | xargs echo");
        assertEquals(
                List.of(
                        "0",
                        "00",
                        "00",
                        "00",
                        "wget: can't connect to remote host (127.0.0.1): Connection refused",
                        "eth0 lo"),
                out.lines().toList());
        Program.Result host =
                docker.run("exec", "mapped", "sh", "-c", "echo 1 > /proc/sys/kernel/core_pattern; mknod /d b 8 0");
        assertNotEquals(0, host.exit());
        // What it wrote has on disk the owner that it has inside: another mapping, or none, sees the same.
        String upper = docker.ok("inspect", "-f", "{{.GraphDriver.Data.UpperDir}}", "mapped");
        assertEquals(0, Files.getAttribute(Path.of(upper, "made"), "unix:uid"));
    }

    @Test
    void hostUsers_areToBeAskedFor() throws IOException {
        background("mapped", "--userns", "host");
        assertEquals(0, userOf("mapped"));
        assertEquals(
                "yes", sh("grep -q Seccomp:.*0 /proc/self/status && echo yes", "--userns", "host", "--privileged"));
        for (Map.Entry<String, String> refused : Map.of(
                        "--privileged", "privileged mode is incompatible with user namespaces",
                        "--network=host", "cannot share the host's network namespace when user namespaces are enabled",
                        "--pid=host", "cannot share the host PID namespace when user namespaces are enabled")
                .entrySet()) {
            Program.Result result = docker.run("create", refused.getKey(), Busybox.IMAGE, "true");
            assertTrue(result.err().contains(refused.getValue()), result.err());
        }
    }

    @Test
    void files_goInAndOutWithTheOwnersInside() throws IOException {
        background("mapped");
        docker.ok(
                "exec",
                "mapped",
                "sh",
                "-c",
                "mkdir /data; echo a > /data/a; chown -R 1000:2000 /data; chmod 4711 /data/a");
        Path plain = Files.writeString(dir.resolve("in"), "came in");
        // A client names the owners of what it sends.
        docker.feed(tar(plain, "in", 33, 44), "cp", "-", "mapped:/data").ok();
        for (String round : List.of("running", "stopped")) {
            String listed = listing(docker.run("cp", "mapped:/data", "-").ok().bytes());
            assertTrue(listed.contains("data/a 1000/2000 4711"), round + listed);
            assertTrue(listed.contains("data/in 33/44"), round + listed);
            assertTrue(docker.ok("diff", "mapped").contains("A /data/a"));
            String exported = listing(docker.run("export", "mapped").ok().bytes());
            assertTrue(exported.contains("data/a 1000/2000 4711"), round + exported);
            assertTrue(exported.contains("bin/busybox 0/0"), round + exported);
            docker.ok("commit", "mapped", "mapped-image");
            assertEquals(
                    "1000 2000",
                    docker.ok("run", "--rm", "mapped-image", "sh", "-c", "ls -n /data/a | awk '{print $3, $4}'"));
            docker.ok("stop", "-t", "0", "mapped");
            docker.feed(tar(plain, "late", 55, 66), "cp", "-", "mapped:/data").ok();
        }
        docker.ok("start", "mapped");
        assertEquals(
                "33 44\n55 66",
                docker.ok("exec", "mapped", "sh", "-c", "ls -n /data/in /data/late | awk '{print $3, $4}'"));
        docker.ok("cp", plain.toString(), "mapped:/data/plain");
        assertEquals("0", docker.ok("exec", "mapped", "sh", "-c", "ls -n /data/plain | awk '{print $3}'"));
    }

    @Test
    void volumes_showTheSameOwnersToAll() {
        assertEquals(
                "0 1000",
                sh(
                        "touch /v/r /v/a; chown 1000 /v/a; ls -n /v/r /v/a | awk '{print $3}' | sort | xargs echo",
                        "-v",
                        "mapped-data:/v"));
        assertEquals(
                "0 1000",
                sh(
                        "ls -n /v/r /v/a | awk '{print $3}' | sort | xargs echo",
                        "-v",
                        "mapped-data:/v",
                        "--userns",
                        "host"));
        assertEquals("root", sh("touch /etc/mine && ls -l /etc/passwd | awk '{print $3}'", "-v", "/etc"));
        // A folder of the host is the host's, as in Docker.
        assertEquals("65534", sh("ls -nd /h | awk '{print $3}'", "-v", dir + ":/h"));
    }

    @Test
    void build_runsMapped() throws IOException {
        Files.writeString(dir.resolve("Dockerfile"), """
                FROM bb
                COPY --chown=7:8 file /copied
                RUN cat /proc/self/uid_map | awk '{print $2}' > /base && echo r > /ran && chown 9 /ran
                """);
        Files.writeString(dir.resolve("file"), "x");
        docker.ok("build", "-q", "-t", "mapped-built", dir.toString());
        String out = docker.ok(
                "run",
                "--rm",
                "mapped-built",
                "sh",
                "-c",
                "cat /base; ls -n /copied /ran /base | awk '{print $3, $4}'");
        List<String> lines = out.lines().map(String::strip).toList();
        assertTrue(Integer.parseInt(lines.getFirst()) >= 100_000, out);
        assertEquals(List.of("0 0", "7 8", "9 0"), lines.subList(1, 4));
    }

    @Test
    void namespaces_areSharedAmongMapped() {
        background("mapped", "--ipc", "shareable");
        String theirs = docker.ok(
                "exec", "mapped", "sh", "-c", "for n in net user ipc pid; do readlink /proc/self/ns/$n; done");
        assertEquals(
                theirs,
                sh(
                        "for n in net user ipc pid; do readlink /proc/self/ns/$n; done",
                        "--network",
                        "container:mapped",
                        "--ipc",
                        "container:mapped",
                        "--pid",
                        "container:mapped"));
        background("second", "--userns", "host");
        Program.Result refused = docker.run("run", "--rm", "--network", "container:second", Busybox.IMAGE, "true");
        assertTrue(refused.err().contains("whose users are the host's: use --userns=host"), refused.err());
        assertEquals("lo", sh("ls /sys/class/net | xargs echo", "--network", "none"));
        assertTrue(
                docker.run("run", "--rm", "-t", Busybox.IMAGE, "tty").ok().out().contains("/dev/pts/0"));
    }

    /** The next daemon may map otherwise, or not at all: a container keeps what it was made with. */
    @Test
    void mapping_staysWithItsContainer() throws IOException {
        background("mapped", "--restart", "always");
        int user = userOf("mapped");
        daemon.kill();
        daemon.launch();
        assertEquals(user, userOf("mapped"));
        assertEquals("0", docker.ok("exec", "mapped", "id", "-u"));
        Path plain = Files.writeString(dir.resolve("again"), "x");
        docker.ok("cp", plain.toString(), "mapped:/again");
        assertEquals("0", docker.ok("exec", "mapped", "sh", "-c", "ls -n /again | awk '{print $3}'"));
        docker.ok("restart", "-t", "0", "mapped");
        assertEquals(user, userOf("mapped"));
    }

    private static byte[] tar(Path file, String name, int uid, int gid) {
        return Program.run(
                        Map.of(),
                        new byte[0],
                        List.of(
                                "tar",
                                "-C",
                                file.getParent().toString(),
                                "--transform",
                                "s/.*/" + name + "/",
                                "--numeric-owner",
                                "--owner=" + uid,
                                "--group=" + gid,
                                "-c",
                                file.getFileName().toString()))
                .ok()
                .bytes();
    }

    private static String listing(byte[] tar) throws IOException {
        StringBuilder text = new StringBuilder("\n");
        dev.priok.archive.TarReader reader = new dev.priok.archive.TarReader(new ByteArrayInputStream(tar));
        for (var entry = reader.next(); entry.isPresent(); entry = reader.next()) {
            text.append(entry.get().name())
                    .append(' ')
                    .append(entry.get().uid())
                    .append('/')
                    .append(entry.get().gid())
                    .append(' ')
                    .append(Integer.toOctalString(entry.get().mode()))
                    .append('\n');
        }
        assertTrue(text.toString().getBytes(StandardCharsets.UTF_8).length > 1);
        return text.toString();
    }

    /** What is written lies in a file system of its own, and belongs to the users outside there as elsewhere. */
    @Test
    void storageOpt_boundsWhatOthersWrite() {
        assertEquals(
                "root full",
                sh(
                                "echo x > /mine; stat -c %U /mine; dd if=/dev/zero of=/full bs=64k 2>&1 | grep -q 'No space' && echo full",
                                "--storage-opt", "size=16m")
                        .replace('\n', ' '));
    }
}
