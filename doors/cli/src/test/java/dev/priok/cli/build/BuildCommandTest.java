package dev.priok.cli.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.cli.CommandLine;
import dev.priok.cli.archive.TarEntry;
import dev.priok.cli.archive.TarReader;
import dev.priok.client.testing.FakeDaemon;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
final class BuildCommandTest {
    private static final String ANSWER = """
            {"stream":"Step 1/1 : FROM x\\n"}
            {"aux":{"ID":"sha256:1"}}
            {"stream":"Successfully built 1\\n"}
            """;

    @TempDir
    private Path folder;

    private Path context;
    private FakeDaemon daemon;
    private final Map<String, String> sent = new TreeMap<>();
    private String target = "";

    @BeforeEach
    void start() throws IOException {
        context = Files.createDirectory(folder.resolve("context"));
        daemon = new FakeDaemon(folder);
        daemon.on("HEAD /_ping", 200, "").on("POST /build", exchange -> {
            target = exchange.target();
            TarReader tar = new TarReader(new ByteArrayInputStream(exchange.body()));
            for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
                String content = new String(tar.content().readAllBytes(), StandardCharsets.UTF_8);
                sent.put(
                        entry.name(),
                        entry.uid() + ":" + Integer.toOctalString(entry.mode()) + ":" + content + entry.linkTarget());
            }
            exchange.reply(200, ANSWER);
        });
    }

    @AfterEach
    void stop() throws IOException {
        daemon.close();
    }

    private void file(String name, String content) throws IOException {
        Path file = context.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
        Files.setAttribute(file, "unix:mode", 0644);
    }

    private CommandLine.Result build(String... words) {
        return new CommandLine(daemon).environment("FROM_HERE", "here").run(words);
    }

    @Test
    void build_context_isSentWithoutWhatIsIgnored() throws IOException {
        file("Dockerfile", "FROM x\n");
        file(".dockerignore", "*.log\nsecret\n!secret/but-this\nDockerfile\n");
        file("a.log", "no");
        file("src/main", "yes");
        file("secret/key", "no");
        file("secret/but-this", "yes");
        Files.createSymbolicLink(context.resolve("link"), Path.of("src/main"));
        CommandLine.Result result = build("build", "-t", "a:1", "-t", "b", context.toString());
        assertEquals(0, result.exitCode(), result.err());
        assertEquals(
                "[.dockerignore, Dockerfile, link, secret/but-this, src/, src/main]",
                sent.keySet().toString());
        assertEquals("0:644:FROM x\n", sent.get("Dockerfile"));
        assertEquals("0:777:src/main", sent.get("link"));
        assertTrue(target.contains("t=a%3A1&t=b"), target);
        assertTrue(target.contains("dockerfile=Dockerfile"), target);
        assertTrue(result.out().startsWith("Sending build context to the daemon  "), result.out());
        assertTrue(result.out().endsWith("Step 1/1 : FROM x\nSuccessfully built 1\n"), result.out());
    }

    @Test
    void build_dockerfileOutside_travelsUnderAnotherName() throws IOException {
        Path elsewhere = Files.writeString(folder.resolve("Other"), "FROM y\n");
        file("a", "1");
        CommandLine.Result result = build("build", "-f", elsewhere.toString(), context.toString());
        assertEquals(0, result.exitCode(), result.err());
        assertEquals("0:600:FROM y\n", sent.get(".dockerfile.priok-context"));
        assertTrue(target.contains("dockerfile=.dockerfile.priok-context"), target);
    }

    @Test
    void build_ignoreFileBesideTheDockerfile_wins() throws IOException {
        file("docker/My", "FROM y\n");
        file("docker/My.dockerignore", "a\n");
        file(".dockerignore", "b\n");
        file("a", "1");
        file("b", "1");
        assertEquals(
                0,
                build("build", "-f", context + "/docker/My", context.toString()).exitCode());
        assertEquals(
                "[.dockerignore, b, docker/, docker/My, docker/My.dockerignore]",
                sent.keySet().toString());
    }

    @Test
    void build_options_becomeTheQuery() throws IOException {
        file("Dockerfile", "FROM x\n");
        build(
                "build",
                "--build-arg",
                "A=1",
                "--build-arg",
                "FROM_HERE",
                "--build-arg",
                "UNSET",
                "--label",
                "l=v",
                "--target",
                "t",
                "--no-cache",
                "--pull",
                context.toString());
        assertTrue(
                target.contains(
                        "buildargs=%7B%22A%22%3A%221%22%2C%22FROM_HERE%22%3A%22here%22%2C%22UNSET%22%3Anull%7D"),
                target);
        assertTrue(target.contains("labels=%7B%22l%22%3A%22v%22%7D"), target);
        assertTrue(target.contains("target=t"), target);
        assertTrue(target.contains("nocache=1") && target.contains("pull=1"), target);
    }

    @Test
    void build_quiet_printsOnlyWhatTheDaemonSaid() throws IOException {
        file("Dockerfile", "FROM x\n");
        Path id = folder.resolve("id");
        CommandLine.Result result = build("build", "-q", "--iidfile", id.toString(), context.toString());
        assertEquals("Step 1/1 : FROM x\nSuccessfully built 1\n", result.out());
        assertEquals("sha256:1", Files.readString(id));
    }

    @Test
    void build_fails_exitsWithTheDaemonsCode() throws IOException {
        file("Dockerfile", "FROM x\n");
        daemon.on("POST /build", exchange -> {
            exchange.body();
            exchange.reply(
                    200,
                    "{\"stream\":\"Step\\n\"}{\"errorDetail\":{\"code\":3,\"message\":\"returned a non-zero code: 3\"},\"error\":\"x\"}");
        });
        CommandLine.Result result = build("build", context.toString());
        assertEquals(3, result.exitCode());
        assertEquals("returned a non-zero code: 3\n", result.err());
    }

    @Test
    void build_dockerfileOnStandardInput_isWrapped() {
        CommandLine.Result result = new CommandLine(daemon).input("FROM z\n").run("build", "-");
        assertEquals(0, result.exitCode(), result.err());
        assertEquals("{Dockerfile=0:600:FROM z\n}", sent.toString());
    }

    @Test
    void build_noContext_saysSo() {
        CommandLine.Result result = build("build", "/nonexistent");
        assertEquals(1, result.exitCode());
        assertEquals("unable to prepare context: path \"/nonexistent\" not found\n", result.err());
        assertTrue(build("build", context.toString()).err().contains("no such file or directory"));
    }

    @Test
    void build_remoteContext_isNotSentInputs_thatAnotherDaemonWouldDrop() throws IOException {
        Files.writeString(folder.resolve("secret"), "hush");
        String address = "https://host.example/x.git";
        CommandLine.Result secret = build("build", "--secret", "id=s,src=" + folder.resolve("secret"), address);
        assertTrue(secret.err().contains("need a daemon of Priok"), secret.err());
        CommandLine.Result more = build("build", "--build-context", "more=" + context, address);
        assertTrue(more.err().contains("need a daemon of Priok"), more.err());
        CommandLine.Result ssh = build("build", "--ssh", "default=/dev/null", address);
        assertTrue(ssh.err().contains("this one cannot ask an agent"), ssh.err());
        assertEquals("", target);
        assertEquals(0, build("build", address).exitCode());
    }

    @Test
    void check_takesAgents_asTheBuildDoes_butNeedsNoContextBySsh() throws IOException {
        file("Dockerfile", "FROM x\n");
        daemon.on(
                        "HEAD /_ping",
                        exchange -> exchange.reply(200, "text/plain", new byte[0], "Priok-Build-Context: 2\r\n"))
                .on("POST /priok/build/check", exchange -> {
                    exchange.body();
                    exchange.reply(200, "{\"Findings\":[]}");
                });
        CommandLine.Result local = build("build", "--check", "--ssh", "default=/dev/null", context.toString());
        assertEquals(0, local.exitCode(), local.err());
        CommandLine.Result remote = build("build", "--check", "--ssh", "default=/dev/null", "git@host.example:x.git");
        assertEquals(1, remote.exitCode());
        assertTrue(remote.err().contains("--check asks no ssh agent"), remote.err());
    }
}
