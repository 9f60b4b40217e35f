package dev.priok.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The unmodified docker command line against the server. */
@Timeout(120)
class DockerCliTest {
    @TempDir
    Path home;

    private TestServer server;

    /** What a command said. */
    private record Said(int code, String out, String err) {}

    @BeforeEach
    void start() throws IOException {
        assumeTrue(Files.isExecutable(docker()), "no docker command line here");
        server = TestServer.start();
    }

    @AfterEach
    void stop() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    private static Path docker() {
        for (String folder : System.getenv().getOrDefault("PATH", "/usr/bin").split(":")) {
            Path candidate = Path.of(folder, "docker");
            if (Files.isExecutable(candidate)) {
                return candidate;
            }
        }
        return Path.of("/usr/local/bin/docker");
    }

    private Said docker(String... arguments) throws Exception {
        return dockerWithInput("", arguments);
    }

    private Said dockerWithInput(String input, String... arguments) throws Exception {
        var command = new ArrayList<String>(List.of(docker().toString()));
        command.addAll(List.of(arguments));
        Path out = Files.createTempFile(home, "out", "");
        Path err = Files.createTempFile(home, "err", "");
        Path in = Files.createTempFile(home, "in", "");
        Files.writeString(in, input);
        var builder = new ProcessBuilder(command);
        builder.environment().put("DOCKER_HOST", "unix://" + server.socket);
        builder.environment().put("DOCKER_CONFIG", home.toString());
        builder.environment().remove("DOCKER_API_VERSION");
        Process process = builder.redirectInput(in.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("docker " + List.of(arguments) + " hangs; it said: " + Files.readString(out)
                    + Files.readString(err));
        }
        return new Said(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private String ok(String... arguments) throws Exception {
        Said said = docker(arguments);
        assertEquals(0, said.code(), said.toString());
        return said.out();
    }

    @Test
    void version_negotiatesDownToTheServer() throws Exception {
        assertEquals(
                "1.50 1.51 1.24\n",
                ok("version", "--format", "{{.Client.APIVersion}} {{.Server.APIVersion}} {{.Server.MinAPIVersion}}")
                        .replaceFirst("^1\\.\\d\\d ", "1.50 "));
        assertTrue(ok("version").contains("Priok"));
        String info = ok("info");
        assertTrue(info.contains("Storage Driver: overlay2"), info);
        assertTrue(info.contains("Swarm: inactive"), info);
    }

    @Test
    void run_echo_showsOutputAndExitCode() throws Exception {
        Said said = docker("run", "--rm", "fake", "echo", "hello", "world", ";", "err", "oops", ";", "exit", "3");
        assertEquals("hello world\n", said.out());
        assertEquals("oops\n", said.err());
        assertEquals(3, said.code());
        assertEquals(0, server.engine.containers.boxes.size());
    }

    @Test
    void run_withInput_passesItAndItsEnd() throws Exception {
        Said said = dockerWithInput("one two", "run", "-i", "--rm", "fake", "wc");
        assertEquals("7\n", said.out(), said.toString());
        assertEquals(0, said.code());
    }

    @Test
    void run_missingImageThatCannotBePulled_is125() throws Exception {
        Said said = docker("run", "nothere");
        assertEquals(125, said.code(), said.toString());
        assertTrue(said.err().contains("does not pull"), said.err());
    }

    @Test
    void run_takenName_is125AndSaysWhose() throws Exception {
        ok("create", "--name", "a", "fake");
        Said said = docker("run", "--name", "a", "fake");
        assertEquals(125, said.code(), said.toString());
        assertTrue(said.err().contains("name \"/a\" is already in use"), said.err());
    }

    @Test
    void life_detachedContainer_isSeenStoppedAndRemoved() throws Exception {
        String id = ok("run", "-d", "--name", "box", "-e", "A=b", "-m", "64m", "--cpus", "1.5", "fake", "sleep")
                .trim();
        assertTrue(ok("ps").contains("box"));
        assertEquals(
                "true 64 MiB 1500000000 [A=b]\n",
                ok(
                        "inspect",
                        "--format",
                        "{{.State.Running}} {{if eq .HostConfig.Memory 67108864}}64 MiB{{end}} {{.HostConfig.NanoCPUs}} {{.Config.Env}}",
                        "box"));
        assertEquals(id + "\n", ok("ps", "-q", "--no-trunc", "--filter", "name=box"));
        assertTrue(ok("top", "box").contains("-ef"));
        Said exec = docker("exec", "box", "echo", "in", ";", "exit", "5");
        assertEquals("in\n", exec.out());
        assertEquals(5, exec.code());
        assertEquals("4\n", dockerWithInput("abcd", "exec", "-i", "box", "wc").out());
        ok("exec", "-d", "box", "echo", "x");
        ok("rename", "box", "crate");
        ok("pause", "crate");
        ok("unpause", "crate");
        ok("update", "--memory", "128m", "--memory-swap", "256m", "crate");
        Said removal = docker("rm", "crate");
        assertEquals(1, removal.code());
        assertTrue(removal.err().contains("container is running"), removal.err());
        ok("stop", "-t", "1", "crate");
        assertEquals("143\n", ok("wait", "crate"));
        ok("start", "crate");
        ok("kill", "crate");
        ok("rm", "-f", "crate");
        assertEquals("", ok("ps", "-aq"));
    }

    @Test
    void logs_plainTimestampsDetailsAndTail() throws Exception {
        ok("run", "--name", "l", "fake", "echo", "a", ";", "err", "b");
        Said said = docker("logs", "l");
        assertEquals("a\n", said.out());
        assertEquals("b\n", said.err());
        assertEquals(
                "2026-01-02T03:04:05.678900000Z a\n", docker("logs", "-t", "l").out());
        assertEquals("tag=t a\n", docker("logs", "--details", "l").out());
        assertEquals("", docker("logs", "-n", "1", "l").out());
        Said follow = docker("logs", "-f", "l");
        assertEquals("a\n", follow.out());
    }

    @Test
    void attach_runningContainer_getsOutputAndExitCode() throws Exception {
        ok("run", "-d", "-i", "--name", "at", "fake", "wc", ";", "exit", "9");
        Said said = dockerWithInput("123", "attach", "at");
        assertEquals("3\n", said.out(), said.toString());
        assertEquals(9, said.code());
    }

    @Test
    void images_listInspectTagHistorySaveLoadImport() throws Exception {
        assertTrue(ok("images").contains("1.23MB"));
        assertEquals("[fake:latest]\n", ok("image", "inspect", "--format", "{{.RepoTags}}", "quay.io/some/fake:1"));
        ok("tag", "fake", "other:2");
        assertEquals(List.of("docker.io/library/other:2"), server.engine.images.tags);
        assertTrue(ok("history", "fake").contains("/bin/sh -c #(nop) CMD"));
        Path saved = home.resolve("saved.tar");
        ok("save", "-o", saved.toString(), "fake");
        assertEquals("tar of [fake]", Files.readString(saved));
        assertTrue(ok("load", "-i", saved.toString()).contains("Loaded image: fake:latest"));
        Said bad = dockerWithInput("!bad", "load");
        assertEquals(1, bad.code());
        assertTrue(bad.err().contains("not an archive"), bad.toString());
        assertEquals(FakeImages.ID + "\n", ok("import", saved.toString(), "new:1"));
        assertTrue(docker("rmi", "fake").err().contains("must be forced"));
        assertTrue(ok("rmi", "-f", "fake").contains("Untagged: fake:latest"));
        assertTrue(docker("pull", "fake").err().contains("does not pull"));
        assertEquals(1, docker("push", "fake").code());
    }

    @Test
    void build_goesToTheClassicBuilderByItself() throws Exception {
        Path context = Files.createDirectory(home.resolve("context"));
        Files.writeString(context.resolve("Dockerfile"), "FROM fake\nRUN make\n");
        Said said = docker("build", "-t", "made:1", "--build-arg", "A=b", "--label", "l=m", context.toString());
        assertEquals(0, said.code(), said.toString());
        assertTrue(said.out().contains("Step 1/2 : FROM fake"), said.out());
        assertTrue(said.out().contains("Successfully tagged made:1"), said.out());
        assertEquals("b", server.builder.last.buildArgs().get("A"));
        assertEquals("m", server.builder.last.labels().get("l"));
        assertTrue(server.builder.contextBytes > 1024, "context of " + server.builder.contextBytes);
        Said failed = docker("build", "--target", "exit7", context.toString());
        assertEquals(7, failed.code(), failed.toString());
        assertTrue(failed.err().contains("returned a non-zero code: 7"), failed.err());
        Said early = docker("build", "--target", "early", context.toString());
        assertEquals(1, early.code());
        assertTrue(early.err().contains("the Dockerfile cannot be empty"), early.err());
        Said quiet = docker("build", "-q", context.toString());
        assertTrue(quiet.out().startsWith("sha256:"), quiet.toString());
    }

    @Test
    void files_copyDiffExportCommit() throws Exception {
        ok("create", "--name", "f", "fake");
        Path file = home.resolve("file");
        Files.writeString(file, "content");
        ok("cp", file.toString(), "f:/etc/");
        assertTrue(
                new String(server.engine.containers.copiedIn.get("/etc/"), StandardCharsets.UTF_8).contains("content"));
        assertEquals("C /a\nD /b\n", ok("diff", "f"));
        assertEquals("a tar of /x", ok("cp", "f:/x", "-"));
        assertEquals("a tar", ok("export", "f"));
        assertTrue(ok("commit", "-m", "note", "-c", "CMD x", "f", "new:1").startsWith("sha256:"));
        assertTrue(docker("cp", "f:/missing", home.toString()).err().contains("Could not find the file"));
    }

    @Test
    void system_eventsDfPruneVolumesNetworks() throws Exception {
        String events = ok("events", "--until", "1s", "--filter", "type=container");
        assertTrue(events.contains("container start abc (image=fake, name=x)"), events);
        assertTrue(ok("system", "df").contains("Images"));
        assertTrue(ok("container", "prune", "-f").contains("Total reclaimed space: 42B"));
        assertTrue(ok("image", "prune", "-f").contains("5B"));
        assertTrue(ok("system", "df", "-v").contains("Build cache usage"));
        String cache = server.ask("POST", "/build/prune?filters=%7B%22until%22%3A%5B%2224h%22%5D%7D")
                .body();
        assertTrue(cache.contains("\"SpaceReclaimed\":1000"), cache);
        assertEquals(1, server.builder.cached.size());
        assertEquals("v\n", ok("volume", "create", "v"));
        assertTrue(ok("volume", "ls").contains("v"));
        ok("volume", "inspect", "v");
        ok("volume", "rm", "v");
        assertTrue(ok("network", "ls").contains("bridge"));
        assertEquals("b".repeat(64) + "\n", ok("network", "create", "n"));
        assertTrue(docker("node", "ls").err().contains("not a swarm manager"));
        assertTrue(ok("stats", "--no-stream", "--format", "{{.MemUsage}}").isEmpty());
        ok("run", "-d", "--name", "s", "fake", "sleep");
        assertEquals("1MiB / 1GiB 3\n", ok("stats", "--no-stream", "--format", "{{.MemUsage}} {{.PIDs}}"));
    }
}
