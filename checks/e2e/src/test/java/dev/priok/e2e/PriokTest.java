package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Our own command, beside docker's on the same daemon. */
@ExtendWith(SharedDaemon.class)
class PriokTest {
    private static Docker priok;
    private static Docker docker;

    @TempDir
    Path dir;

    @BeforeAll
    static void find() {
        priok = SharedDaemon.get().priok();
        docker = SharedDaemon.get().docker();
    }

    @Test
    void run_passesStreamsAndStatus() {
        Program.Result result =
                priok.feed("in", "run", "--rm", "-i", Busybox.IMAGE, "sh", "-c", "cat; echo err >&2; exit 6");
        assertEquals(6, result.exit(), result.err());
        assertEquals("in", result.out());
        assertEquals("err\n", result.err());
        assertEquals(
                127, priok.run("run", "--rm", Busybox.IMAGE, "no-such-command").exit());
        assertEquals(
                125, priok.run("run", "--rm", "--no-such-flag", Busybox.IMAGE).exit());
    }

    @Test
    void lists_areDockersToTheLetter() {
        String id = docker.ok("create", "--name", "listed", "--label", "compare", Busybox.IMAGE, "true");
        try {
            String format = "{{.ID}} {{.Names}} {{.Image}} {{.Command}} {{.Status}}";
            for (List<String> line : List.of(
                    List.of("ps", "-a", "--filter", "label=compare", "--format", format),
                    List.of("ps", "-aq", "--no-trunc", "--filter", "name=listed"),
                    // One image: docker lists those of one answer in the order of a Go map, which is none.
                    List.of("images", "--format", "{{.Repository}}:{{.Tag}} {{.ID}} {{.Size}}", Busybox.IMAGE),
                    List.of("inspect", "-f", "{{.Name}} {{json .Config.Cmd}}", id),
                    List.of(
                            "ps",
                            "-a",
                            "--filter",
                            "label=compare",
                            "--format",
                            "table {{.ID}}\t{{.Image}}\t{{.Names}}"))) {
                String[] arguments = line.toArray(String[]::new);
                assertEquals(docker.ok(arguments), priok.ok(arguments), line.toString());
            }
        } finally {
            docker.ok("rm", id);
        }
    }

    @Test
    void ps_json_escapesWhatUsersWroteAsDockerDoes() {
        String id = docker.ok("create", "--label", "odd=\"a\" \\ <b> & ü", Busybox.IMAGE, "echo", "a\"b\\c\nd<e>");
        String[] list = {"ps", "-a", "--no-trunc", "--filter", "id=" + id, "--format", "json"};
        String age = "\"RunningFor\":\"[^\"]*\"";
        assertEquals(docker.ok(list).replaceAll(age, ""), priok.ok(list).replaceAll(age, ""));
        docker.ok("rm", id);
    }

    @Test
    void top_followed_endsWithTheContainer() throws Exception {
        String id = priok.ok("run", "-d", Busybox.IMAGE, "sleep", "1000");
        Process top = priok.start("top", "-f", id);
        try (BufferedReader lines = top.inputReader()) {
            int tables = 0;
            while (tables < 2) {
                String line = lines.readLine();
                assertNotNull(line, "it ended before the container");
                tables += line.endsWith("sleep 1000") ? 1 : 0;
            }
            docker.ok("rm", "-f", id);
            assertTrue(top.waitFor(Program.TIMEOUT_SECONDS, TimeUnit.SECONDS));
            assertEquals(0, top.exitValue());
        } finally {
            top.destroyForcibly();
        }
    }

    @Test
    void build_makesTheImage() throws IOException {
        Files.writeString(dir.resolve("Dockerfile"), "FROM bb\nCOPY f /f\nCMD [\"cat\", \"/f\"]\n");
        Files.writeString(dir.resolve("f"), "built");
        priok.run("build", "-t", "by-priok", dir.toString()).ok();
        assertEquals("built", priok.ok("run", "--rm", "by-priok"));
        priok.ok("rmi", "by-priok");
    }

    @Test
    void steps_areShown() {
        String id = priok.ok("run", "-d", Busybox.IMAGE, "sleep", "100");
        try {
            String steps = priok.ok("inspect", "--steps", id);
            assertTrue(steps.contains("clone3") && steps.contains("pivot_root") && steps.contains("execve"), steps);
        } finally {
            priok.ok("rm", "-f", id);
        }
    }

    @Test
    void errors_nameObjectAndNextStep() {
        Program.Result result = priok.run("inspect", "nothing-here");
        assertEquals(1, result.exit());
        assertTrue(result.err().contains("nothing-here"), result.err());
        Docker nobody = new Docker(priok.program(), java.util.Map.of("PRIOK_HOST", "unix:///nonexistent.sock"));
        Program.Result away = nobody.run("ps");
        assertEquals(1, away.exit());
        assertTrue(away.err().contains("/nonexistent.sock"), away.err());
    }
}
