package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a default container sees, and what it may not do. */
@ExtendWith(SharedDaemon.class)
class IsolationTest {
    private static Docker docker;

    @TempDir
    Path dir;

    @BeforeAll
    static void find() {
        docker = SharedDaemon.get().docker();
    }

    private static Program.Result sh(String script, String... flags) {
        List<String> line = new ArrayList<>(List.of("run", "--rm"));
        line.addAll(List.of(flags));
        line.addAll(List.of(Busybox.IMAGE, "sh", "-c", script));
        return docker.run(line.toArray(String[]::new));
    }

    @Test
    void status_isAsDockers() {
        String status = sh("grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status")
                .ok()
                .out();
        assertEquals("""
                CapInh:\t0000000000000000
                CapPrm:\t00000000a80425fb
                CapEff:\t00000000a80425fb
                CapBnd:\t00000000a80425fb
                CapAmb:\t0000000000000000
                NoNewPrivs:\t0
                Seccomp:\t2
                """, status);
    }

    @Test
    void capabilities_areAddedAndDropped() {
        assertEquals(
                "0000000000000000",
                sh("grep CapEff /proc/self/status | cut -f2", "--cap-drop", "ALL")
                        .ok()
                        .line());
        assertEquals(
                "0000000000001001",
                sh(
                                "grep CapEff /proc/self/status | cut -f2",
                                "--cap-drop",
                                "ALL",
                                "--cap-add",
                                "NET_ADMIN",
                                "--cap-add",
                                "CAP_CHOWN")
                        .ok()
                        .line());
        assertEquals(
                "0000000000000000",
                sh("grep CapEff /proc/self/status | cut -f2", "-u", "app").ok().line());
        assertTrue(sh("x", "--cap-add", "NOPE").err().contains("NOPE"));
        assertEquals(
                "0",
                sh("grep Seccomp: /proc/self/status | cut -f2", "--privileged")
                        .ok()
                        .line());
        assertEquals(
                "1",
                sh("grep NoNewPrivs /proc/self/status | cut -f2", "--security-opt", "no-new-privileges")
                        .ok()
                        .line());
    }

    @Test
    void processes_ofTheHostDoNotShow() {
        int processes = Integer.parseInt(sh("ls -d /proc/[0-9]* | wc -l").ok().line());
        assertTrue(processes <= 4, processes + " processes show");
        assertEquals("1", sh("echo $$").ok().line());
    }

    @Test
    void devices_areDockers() {
        List<String> expected = new ArrayList<>(List.of(
                "console", "fd", "full", "mqueue", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin", "stdout",
                "tty", "urandom", "zero"));
        if (Files.exists(Path.of("/proc/kcore"))) {
            expected.add(1, "core");
        }
        String listed = sh("ls -1 --color=never /dev", "-t").ok().out().replace("\r", "");
        assertEquals(expected, listed.lines().sorted().toList());
        assertFalse(
                sh("mknod /tmp/disk b 254 0 && head -c1 /tmp/disk").exit() == 0, "a disk of the host could be read");
    }

    @Test
    void kernelSettings_areReadOnly() {
        for (String file : List.of(
                "/proc/sys/kernel/hostname",
                "/proc/sys/vm/swappiness",
                "/proc/sysrq-trigger",
                "/sys/kernel/mm/transparent_hugepage/enabled")) {
            Program.Result result = sh("echo 1 > " + file);
            assertTrue(result.exit() != 0, file + " could be written");
        }
    }

    @Test
    void sensitiveFiles_areMasked() {
        assertEquals(
                "0",
                sh("cat /proc/keys /proc/timer_list /proc/sched_debug 2>/dev/null | wc -c")
                        .ok()
                        .line());
        assertEquals(
                "",
                sh("ls /sys/firmware /proc/acpi /proc/scsi 2>/dev/null | grep -v ':$'; true")
                        .ok()
                        .line());
    }

    @Test
    void dangerousCalls_areRefused() {
        assertTrue(sh("mount -t tmpfs x /tmp").exit() != 0);
        assertTrue(sh("unshare -m true").exit() != 0);
        assertTrue(sh("hostname other").exit() != 0);
        assertTrue(sh("chroot / true").exit() == 0);
    }

    @Test
    void namespaces_areOwn() throws IOException {
        for (String ns : List.of("ipc", "mnt", "net", "pid", "uts")) {
            assertFalse(
                    sh("readlink /proc/self/ns/" + ns)
                            .ok()
                            .line()
                            .equals(Files.readSymbolicLink(Path.of("/proc/self/ns", ns))
                                    .toString()),
                    ns + " is the host's");
        }
    }

    @Test
    void descriptors_doNotLeak() {
        assertEquals("0 1 2 3", sh("ls /proc/self/fd | xargs").ok().line());
        String id = docker.ok("run", "-d", Busybox.IMAGE, "sleep", "100");
        try {
            assertEquals("0 1 2 3", docker.ok("exec", id, "sh", "-c", "ls /proc/self/fd | xargs"));
            assertEquals("0 1 2", docker.ok("exec", id, "sh", "-c", "ls /proc/1/fd | xargs"));
        } finally {
            docker.ok("rm", "-f", id);
        }
    }

    @Test
    void ownExecutable_ofTheRuntimeIsOutOfReach() {
        // An exec whose program is /proc/self/exe runs what the runtime is; it must not be writable (CVE-2019-5736).
        String id = docker.ok("run", "-d", Busybox.IMAGE, "sh", "-c", "sleep 100");
        try {
            docker.run("exec", id, "/proc/self/exe");
            Program.Result write =
                    docker.run("exec", id, "sh", "-c", "for p in /proc/[0-9]*; do echo x > $p/exe; done");
            assertTrue(
                    write.err().contains("Permission denied") || write.err().contains("Text file busy"), write.err());
            assertEquals("fine", docker.ok("exec", id, "echo", "fine"));
        } finally {
            docker.ok("rm", "-f", id);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"etc", "proc", "sys", "dev", "dev/shm", "work"})
    void rootWithLinks_neverReachesTheHost(String link) throws IOException {
        Path marker = Files.createDirectory(dir.resolve("host"));
        Path root = Files.createDirectory(dir.resolve("root"));
        Files.createDirectories(root.resolve("bin"));
        Files.copy(Path.of("/bin/busybox"), root.resolve("bin/sh"));
        if (link.contains("/")) {
            Files.createDirectories(root.resolve(link).getParent());
        }
        Files.createSymbolicLink(root.resolve(link), marker);
        byte[] tar = Program.run(Map.of(), new byte[0], List.of("tar", "-C", root.toString(), "-c", "."))
                .ok()
                .bytes();
        docker.feed(tar, "import", "-", "evil-" + link.replace('/', '-')).ok();
        docker.run(
                "run",
                "--rm",
                "-w",
                "/work",
                "-v",
                dir.resolve("other") + ":/etc/mounted",
                "evil-" + link.replace('/', '-'),
                "/bin/sh",
                "-c",
                "echo x > /" + link + "/escaped");
        try (var files = Files.list(marker)) {
            assertEquals(List.of(), files.toList(), "the host's folder was touched through /" + link);
        }
        docker.ok("rmi", "-f", "evil-" + link.replace('/', '-'));
    }
}
