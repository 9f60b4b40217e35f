package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code priok volume snapshot, restore, clone, backup} and {@code ls --size}. */
@ExtendWith(SharedDaemon.class)
class VolumeCopyTest {
    @TempDir
    Path dir;

    private Docker docker;
    private Docker priok;

    @BeforeEach
    void find() {
        docker = SharedDaemon.get().docker();
        priok = SharedDaemon.get().priok();
    }

    @AfterEach
    void remove() {
        docker.run("rm", "-f", "copy-c");
        for (String name : priok.ok("volume", "snapshots", "-q").lines().toList()) {
            priok.run("volume", "rm", name);
        }
        for (String name : docker.ok("volume", "ls", "-q").lines().toList()) {
            if (name.startsWith("cp-")) {
                docker.run("volume", "rm", "-f", name);
            }
        }
    }

    private String in(String volume, String script) {
        return docker.ok("run", "--rm", "--network", "none", "-v", volume + ":/v", Busybox.IMAGE, "sh", "-c", script);
    }

    /** The writer keeps two files in step: any instant shows the same number twice, or the first one ahead by one. */
    @Test
    void snapshot_showsOneInstantOfARunningWriter() {
        docker.ok(
                "run",
                "-d",
                "--name",
                "copy-c",
                "-v",
                "cp-db:/v",
                Busybox.IMAGE,
                "sh",
                "-c",
                "head -c 5000000 /dev/zero > /v/big; n=0; while :; do n=$((n+1)); echo $n > /v/.a; mv /v/.a /v/a; echo $n > /v/.b;"
                        + " mv /v/.b /v/b; done");
        Await.until(() -> docker.run("exec", "copy-c", "test", "-f", "/v/b").exit() == 0);
        assertEquals("cp-db@one", priok.ok("volume", "snapshot", "cp-db@one"));
        TestDaemon.pause();
        priok.ok("volume", "snapshot", "cp-db@two");
        assertEquals("running", docker.ok("inspect", "-f", "{{.State.Status}}", "copy-c"));
        Program.Result busy = priok.run("volume", "restore", "cp-db@one");
        assertNotEquals(0, busy.exit());
        assertTrue(busy.err().contains("volume is in use by running containers"), busy.err());
        docker.ok("rm", "-f", "copy-c");
        int last = 0;
        for (String name : List.of("one", "two")) {
            priok.ok("volume", "restore", "cp-db@" + name);
            String[] numbers = in("cp-db", "echo $(cat /v/a) $(cat /v/b)").split(" ");
            int ahead = Integer.parseInt(numbers[0]) - Integer.parseInt(numbers[1]);
            assertTrue(ahead == 0 || ahead == 1, String.join(" ", numbers));
            assertTrue(Integer.parseInt(numbers[1]) > last, "the second one is later");
            last = Integer.parseInt(numbers[1]);
        }
        List<String> own = priok.ok("volume", "snapshots", "--format", "{{.Name}} {{.CopiedSize}}", "cp-db")
                .lines()
                .toList();
        assertEquals(2, own.size());
        assertTrue(own.getLast().endsWith("B") && !own.getLast().endsWith("MB"), "only what has changed: " + own);
    }

    @Test
    void restore_putsOwnersBackAndTakesNewFilesAway() {
        in("cp-db", "chown 70:71 /v; chmod 700 /v; echo old > /v/f; ln -s f /v/l; mkfifo /v/p; chown 5:6 /v/f");
        priok.ok("volume", "snapshot", "cp-db@s");
        in("cp-db", "chown 0:0 /v; chmod 755 /v; echo new > /v/f; rm /v/l; echo more > /v/more");
        docker.ok("volume", "rm", "cp-db");
        priok.ok("volume", "restore", "cp-db@s");
        assertEquals(
                "70:71 700 old 5:6 f fifo yes",
                in(
                        "cp-db",
                        "echo $(stat -c '%u:%g %a' /v) $(cat /v/f) $(stat -c %u:%g /v/f) $(readlink /v/l)"
                                + " $(stat -c %F /v/p) $([ -e /v/more ] || echo yes)"));
        assertTrue(priok.run("volume", "restore", "cp-db@none").err().contains("no such snapshot: cp-db@none"));
        assertTrue(priok.run("volume", "snapshot", "cp-db@s").err().contains("snapshot cp-db@s exists already"));
        assertTrue(priok.run("volume", "snapshot", "cp-none").err().contains("no such volume"));
        priok.ok("volume", "rm", "cp-db@s");
        assertEquals("", priok.ok("volume", "snapshots", "-q", "cp-db"));
    }

    @Test
    void clone_isAVolumeOfItsOwn() {
        docker.ok("volume", "create", "--label", "tier=data", "-o", "size=20m", "cp-src");
        in("cp-src", "echo x > /v/f; chown 9:9 /v");
        assertEquals("cp-new", priok.ok("volume", "clone", "cp-src", "cp-new"));
        in("cp-src", "echo y > /v/f");
        assertEquals("x 9", in("cp-new", "echo $(cat /v/f) $(stat -c %u /v)"));
        assertEquals("data 20m", docker.ok("volume", "inspect", "-f", "{{.Labels.tier}} {{.Options.size}}", "cp-new"));
        assertTrue(priok.run("volume", "clone", "cp-src", "cp-new").err().contains("exists already"));
    }

    @Test
    void backup_isATarThatRestores() throws IOException {
        in("cp-db", "mkdir /v/d; echo text > /v/d/f; chown 7:7 /v /v/d/f; chmod 700 /v");
        Path tar = dir.resolve("db.tar");
        priok.ok("volume", "backup", "-o", tar.toString(), "cp-db");
        assertTrue(Program.run(java.util.Map.of(), new byte[0], List.of("tar", "-tf", tar.toString()))
                .ok()
                .out()
                .contains("./d/f"));
        assertEquals("cp-two", priok.ok("volume", "restore", "-i", tar.toString(), "cp-two"));
        assertEquals("text 7 7 700", in("cp-two", "echo $(cat /v/d/f) $(stat -c %u /v/d/f) $(stat -c '%u %a' /v)"));
        Files.write(tar, new byte[] {1, 2, 3});
        assertNotEquals(
                0,
                priok.run("volume", "restore", "-i", tar.toString(), "cp-two").exit());
        assertEquals("text", in("cp-two", "cat /v/d/f"), "a broken backup changes nothing");
        assertNotEquals(
                0,
                priok.run("volume", "restore", "-i", tar.toString(), "cp-three").exit());
        assertFalse(docker.ok("volume", "ls", "-q").contains("cp-three"));
        assertTrue(priok.run("volume", "backup", "cp-none").err().contains("no such volume"));
        try (Stream<Path> left = Files.list(SharedDaemon.get().dataRoot().resolve("volumes/cp-two"))) {
            assertEquals(1, left.count(), "nothing but the data");
        }
    }

    @Test
    void sizes_areListed() {
        in("cp-db", "head -c 3000000 /dev/zero > /v/f");
        assertTrue(priok.ok("volume", "ls", "--size").lines().anyMatch(l -> l.contains("cp-db") && l.contains("3MB")));
        in("cp-db", "head -c 2000000 /dev/zero > /v/g");
        assertTrue(priok.ok("volume", "ls", "--size").lines().anyMatch(l -> l.contains("cp-db") && l.contains("5MB")));
    }
}
