package dev.priok.cli.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.cli.CommandLine;
import dev.priok.client.testing.FakeDaemon;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
final class LoginCommandTest {
    @TempDir
    private Path folder;

    private FakeDaemon daemon;

    @BeforeEach
    void start() {
        daemon = new FakeDaemon(folder);
        daemon.on("POST /auth", 200, "{\"Status\":\"Login Succeeded\",\"IdentityToken\":\"\"}");
    }

    @AfterEach
    void stop() throws IOException {
        daemon.close();
    }

    private CommandLine.Result run(String input, String... words) {
        return new CommandLine(daemon)
                .environment("DOCKER_CONFIG", folder.resolve("docker").toString())
                .input(input)
                .run(words);
    }

    @Test
    void login_keepsAndLogoutForgets() throws IOException {
        Path config = folder.resolve("docker/config.json");
        Files.createDirectories(folder.resolve("docker"));
        Files.writeString(config, "{\"detachKeys\":\"ctrl-a\"}");
        CommandLine.Result result =
                run("secret\n", "login", "-u", "me", "--password-stdin", "https://reg.example:5000/v2/");
        assertEquals("Login Succeeded\n", result.out());
        assertEquals(
                "{\"detachKeys\":\"ctrl-a\",\"auths\":{\"reg.example:5000\":{\"auth\":\"bWU6c2VjcmV0\"}}}",
                Files.readString(config).replaceAll("\\s", ""));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(config)));
        assertEquals(
                "Removing login credentials for reg.example:5000\n",
                run("", "logout", "reg.example:5000").out());
        assertEquals(
                "{\"detachKeys\":\"ctrl-a\",\"auths\":{}}",
                Files.readString(config).replaceAll("\\s", ""));
        assertEquals(
                "Not logged in to reg.example:5000\n",
                run("", "logout", "reg.example:5000").out());
    }

    @Test
    void login_refused_keepsNothing() {
        daemon.on("POST /auth", 401, "{\"message\":\"login attempt failed with status: 401 Unauthorized\"}");
        CommandLine.Result result = run("secret", "login", "-u", "me", "--password-stdin");
        assertEquals(1, result.exitCode());
        assertEquals("Error response from daemon: login attempt failed with status: 401 Unauthorized\n", result.err());
        assertTrue(Files.notExists(folder.resolve("docker/config.json")));
    }

    @Test
    void login_withoutTerminal_saysSo() {
        assertEquals(
                "Error: Cannot perform an interactive login from a non TTY device\n",
                run("", "login").err());
    }

    @Test
    void context_ofConfigFile_namesTheDaemon() throws IOException {
        Path docker = folder.resolve("docker");
        // sha256("mine")
        Path meta = docker.resolve("contexts/meta/")
                .resolve("3fd30542fe3f61b14bd4a4b2dc0b6fb30fa6f63ebce52dd1778aaa8c4dc02cff");
        Files.createDirectories(meta);
        Files.writeString(docker.resolve("config.json"), "{\"currentContext\":\"mine\"}");
        CommandLine line =
                new CommandLine(daemon).environment("PRIOK_HOST", "").environment("DOCKER_CONFIG", docker.toString());
        assertTrue(line.run("ps").err().startsWith("context \"mine\": context not found: "));
        Files.writeString(
                meta.resolve("meta.json"),
                "{\"Name\":\"mine\",\"Endpoints\":{\"docker\":{\"Host\":\"" + daemon.host() + "\"}}}");
        daemon.on("GET /containers/json", 200, "[]");
        assertEquals(0, line.run("ps").exitCode());
        assertEquals(
                0,
                line.environment("DOCKER_HOST", "tcp://127.0.0.1:1")
                        .run("--context", "mine", "ps")
                        .exitCode());
        assertEquals(1, line.run("ps").exitCode());
    }
}
