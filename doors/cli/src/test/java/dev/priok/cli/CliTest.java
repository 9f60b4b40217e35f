package dev.priok.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.client.testing.FakeDaemon;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CliTest {
    @TempDir
    private Path folder;

    private FakeDaemon daemon;

    @BeforeEach
    void start() {
        daemon = new FakeDaemon(folder);
    }

    @AfterEach
    void stop() throws IOException {
        daemon.close();
    }

    private CommandLine.Result run(String... words) {
        return new CommandLine(daemon).run(words);
    }

    @Test
    void run_unknownFlag_exits125AndPointsToHelp() {
        CommandLine.Result result = run("run", "--foo", "image");
        assertEquals(125, result.exitCode());
        assertEquals("""
                unknown flag: --foo

                Usage:  priok run [OPTIONS] IMAGE [COMMAND] [ARG...]

                Run 'priok run --help' for more information
                """, result.err());
    }

    @Test
    void run_tooFewArguments_exits1() {
        CommandLine.Result result = run("rm");
        assertEquals(1, result.exitCode());
        assertEquals("""
                priok: 'priok rm' requires at least 1 argument

                Usage:  priok rm [OPTIONS] CONTAINER [CONTAINER...]

                See 'priok rm --help' for more information
                """, result.err());
    }

    @Test
    void run_unknownCommand_exits1() {
        CommandLine.Result result = run("frobnicate");
        assertEquals(1, result.exitCode());
        assertEquals(
                "priok: unknown command: priok frobnicate\n\nRun 'priok --help' for more information\n", result.err());
    }

    @Test
    void run_daemonRefuses_saysWhoSaidSo() {
        daemon.on("GET /containers/json", 500, "{\"message\":\"disk full\"}");
        CommandLine.Result result = run("ps");
        assertEquals(1, result.exitCode());
        assertEquals("Error response from daemon: disk full\n", result.err());
    }

    @Test
    void run_hostOption_winsOverEnvironment() {
        CommandLine.Result result = run("-H", "unix:///nonexistent/p.sock", "ps");
        assertEquals(1, result.exitCode());
        assertEquals(
                "Cannot connect to the Priok daemon at unix:///nonexistent/p.sock. Is priokd running?\n", result.err());
    }

    @Test
    void run_priokHost_winsOverDockerHost() {
        daemon.on("GET /containers/json", 200, "[]");
        CommandLine.Result result = new CommandLine(daemon)
                .environment("DOCKER_HOST", "unix:///nonexistent/d.sock")
                .run("ps", "-q");
        assertEquals(0, result.exitCode(), result.err());
    }

    @Test
    void run_badHost_isNoDaemonError() {
        CommandLine.Result result = run("--host=foo://x", "ps");
        assertEquals(1, result.exitCode());
        assertTrue(result.err().startsWith("unable to use docker host `foo://x`"), result.err());
    }

    @Test
    void run_tlsIsWanted_isNeverSentInTheClear() throws Exception {
        int tlsHandshake = 22; // RFC 8446, section 5.1: ContentType
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Integer> first = CompletableFuture.supplyAsync(() -> {
                try (Socket socket = server.accept()) {
                    return socket.getInputStream().read();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            CommandLine.Result result = new CommandLine(daemon)
                    .environment("DOCKER_TLS_VERIFY", "1")
                    .run("-H", "tcp://127.0.0.1:" + server.getLocalPort(), "ps");
            assertEquals(1, result.exitCode());
            assertEquals(tlsHandshake, first.get());
        }
    }

    @Test
    void run_version_needsNoDaemon() {
        CommandLine.Result result = run("--version");
        assertEquals(0, result.exitCode());
        assertTrue(result.out().startsWith("Priok version 0."), result.out());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "run",
                "ps",
                "build",
                "container ls",
                "image rm",
                "network create",
                "volume prune",
                "system df",
                "inspect"
            })
    void run_help_showsUsageAndOptions(String command) {
        String[] words = (command + " --help").split(" ");
        CommandLine.Result result = run(words);
        assertEquals(0, result.exitCode());
        assertTrue(result.out().startsWith("Usage:  priok " + command), result.out());
        assertTrue(result.out().contains("\nOptions:\n"), result.out());
        for (String line : result.out().lines().toList()) {
            assertTrue(line.length() <= 80 || line.contains("Aliases") || line.startsWith("  priok"), line);
        }
    }

    @Test
    void run_everyNameInTheHelp_isACommandWithASummary() {
        for (String name : Catalogue.COMMON) {
            assertTrue(!Catalogue.find(name).summary().isEmpty(), name);
        }
        for (String name : Catalogue.OTHERS) {
            assertTrue(!Catalogue.find(name).summary().isEmpty(), name);
        }
        for (String group : Catalogue.GROUPS) {
            for (String name : Catalogue.namesOf(group)) {
                assertTrue(!Catalogue.findInGroup(group, name).summary().isEmpty(), group + " " + name);
            }
        }
    }

    @Test
    void run_groupAlone_listsItsCommands() {
        CommandLine.Result result = run("container", "--help");
        assertTrue(result.out().contains("  prune       Remove all stopped containers\n"), result.out());
        assertEquals(1, run("container", "images").exitCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh", "fish"})
    void completion_eachShell_knowsCommandsAndOptions(String shell) {
        CommandLine.Result result = run("completion", shell);
        assertEquals(0, result.exitCode());
        assertTrue(result.out().contains("no-trunc"), result.out());
        assertTrue(result.out().contains("prune"), result.out());
    }

    @Test
    void completion_unknownShell_fails() {
        assertEquals(1, run("completion", "tcsh").exitCode());
    }

    @Test
    void stop_severalContainers_reportsInOrderAndFailsForOne() {
        daemon.on("POST /containers/", 204, "");
        daemon.on("POST /containers/gone/", 404, "{\"message\":\"No such container: gone\"}");
        CommandLine.Result result = run("stop", "-t", "3", "a", "gone", "b");
        assertEquals(1, result.exitCode());
        assertEquals("a\nb\n", result.out());
        assertEquals("Error response from daemon: No such container: gone\n", result.err());
    }

    @Test
    void training_runsThroughWithoutADaemon() throws IOException {
        Training.main(new String[0]);
        assertTrue(daemon.calls().isEmpty());
    }
}
