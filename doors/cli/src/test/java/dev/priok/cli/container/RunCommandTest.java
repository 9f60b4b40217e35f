package dev.priok.cli.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.cli.CommandLine;
import dev.priok.client.Json;
import dev.priok.client.JsonObject;
import dev.priok.client.testing.FakeDaemon;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(20)
final class RunCommandTest {
    private static final String MULTIPLEXED = "application/vnd.docker.multiplexed-stream";
    private static final String RAW = "application/vnd.docker.raw-stream";

    @TempDir
    private Path folder;

    private FakeDaemon daemon;
    private final AtomicReference<JsonObject> body = new AtomicReference<>(JsonObject.of(null));
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private int exitCode;

    @BeforeEach
    void start() {
        daemon = new FakeDaemon(folder);
        daemon.on("POST /containers/create", exchange -> {
                    body.set(JsonObject.of(Json.read(exchange.text())));
                    exchange.reply(201, "{\"Id\":\"c1\",\"Warnings\":[]}");
                })
                .on("POST /containers/c1/start", exchange -> {
                    exchange.reply(204, "");
                    started.countDown();
                })
                .on("POST /containers/c1/attach", exchange -> {
                    exchange.upgrade(MULTIPLEXED);
                    await(started);
                    exchange.frame(1, "to out\n");
                    exchange.frame(2, "to err\n");
                    exchange.closeOutput();
                    ended.countDown();
                })
                .on("POST /containers/c1/wait", exchange -> {
                    exchange.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                    await(ended);
                    String result = "{\"StatusCode\":" + exitCode + "}";
                    exchange.write(Integer.toHexString(result.length()) + "\r\n" + result + "\r\n0\r\n\r\n");
                });
    }

    @AfterEach
    void stop() throws IOException {
        daemon.close();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private CommandLine.Result run(String... words) {
        return new CommandLine(daemon).environment("FROM_HERE", "here").run(words);
    }

    @Test
    void run_foreground_attachesAndWaitsBeforeItStarts() {
        exitCode = 3;
        CommandLine.Result result = run("run", "image", "sh");
        assertEquals(3, result.exitCode());
        assertEquals("to out\n", result.out());
        assertEquals("to err\n", result.err());
        assertEquals(
                List.of(
                        "POST /containers/create",
                        "POST /containers/c1/attach",
                        "POST /containers/c1/wait",
                        "POST /containers/c1/start"),
                daemon.calls());
    }

    @Test
    void run_conditionOfWait_dependsOnRm() {
        AtomicReference<String> target = new AtomicReference<>("");
        daemon.on("POST /containers/c1/wait", exchange -> {
            target.set(exchange.target());
            exchange.reply(200, "{\"StatusCode\":0}");
        });
        run("run", "--rm", "image");
        assertTrue(target.get().contains("condition=removed"), target.get());
        assertEquals(true, body.get().object("HostConfig").flag("AutoRemove"));
        run("run", "image");
        assertTrue(target.get().contains("condition=next-exit"), target.get());
    }

    @Test
    void run_detached_printsTheId() {
        CommandLine.Result result = run("run", "-d", "image");
        assertEquals(0, result.exitCode());
        assertEquals("c1\n", result.out());
        assertEquals(List.of("POST /containers/create", "POST /containers/c1/start"), daemon.calls());
        assertFalse(body.get().flag("AttachStdout"));
    }

    @Test
    void run_interactive_sendsInputAndItsEnd() {
        daemon.on("POST /containers/c1/attach", exchange -> {
            exchange.upgrade(MULTIPLEXED);
            exchange.frame(1, "got " + exchange.rest());
            exchange.closeOutput();
            ended.countDown();
        });
        CommandLine.Result result = new CommandLine(daemon).input("some input").run("run", "-i", "image", "cat");
        assertEquals("got some input", result.out());
        assertTrue(body.get().flag("OpenStdin")
                && body.get().flag("StdinOnce")
                && body.get().flag("AttachStdin"));
    }

    @Test
    void run_terminal_isRawMeanwhileAndResized() {
        CountDownLatch resized = new CountDownLatch(1);
        daemon.on("POST /containers/c1/resize", exchange -> {
            assertTrue(exchange.target().endsWith("?h=24&w=80"), exchange.target());
            exchange.reply(200, "");
            resized.countDown();
        });
        daemon.on("POST /containers/c1/attach", exchange -> {
            exchange.upgrade(RAW);
            await(resized);
            exchange.write("bytes as they are");
            exchange.closeOutput();
            ended.countDown();
        });
        CommandLine line = new CommandLine(daemon);
        line.terminal().attach();
        CommandLine.Result result = line.run("run", "-it", "image");
        assertEquals(0, result.exitCode(), result.err());
        assertEquals("bytes as they are", result.out());
        assertEquals(1, line.terminal().rawCount());
        assertFalse(line.terminal().isRaw());
        assertEquals(List.of(24L, 80L), body.get().object("HostConfig").get("ConsoleSize"));
    }

    @Test
    void run_detachKeys_leaveTheContainerRunning() throws IOException {
        daemon.on("POST /containers/c1/attach", exchange -> {
            exchange.upgrade(RAW);
            assertEquals("ls", exchange.rest());
        });
        PipedOutputStream keys = new PipedOutputStream();
        InputStream in = new PipedInputStream(keys);
        keys.write("ls\u0010\u0011".getBytes(StandardCharsets.ISO_8859_1));
        CommandLine line = new CommandLine(daemon).input(in);
        line.terminal().attach();
        assertEquals(0, line.run("run", "-it", "image").exitCode());
        assertFalse(line.terminal().isRaw());
        ended.countDown();
    }

    @Test
    void run_signals_reachTheContainer() throws Exception {
        AtomicReference<String> killed = new AtomicReference<>("");
        CountDownLatch signalled = new CountDownLatch(1);
        daemon.on("POST /containers/c1/kill", exchange -> {
            killed.set(exchange.target());
            exchange.reply(204, "");
            signalled.countDown();
        });
        daemon.on("POST /containers/c1/attach", exchange -> {
            exchange.upgrade(MULTIPLEXED);
            await(signalled);
            exchange.closeOutput();
            ended.countDown();
        });
        CommandLine line = new CommandLine(daemon);
        Thread sender = Thread.ofVirtual().start(() -> {
            try {
                line.terminal().signal("TERM");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        exitCode = 143;
        assertEquals(143, line.run("run", "image").exitCode());
        sender.join();
        assertTrue(killed.get().endsWith("?signal=TERM"), killed.get());
    }

    @Test
    void run_noTerminalForTty_isRefused() {
        CommandLine.Result result = run("run", "-it", "image");
        assertEquals(1, result.exitCode());
        assertEquals("the input device is not a TTY\n", result.err());
        assertEquals(List.of(), daemon.calls());
    }

    @ParameterizedTest
    @CsvSource({
        "'exec: \"x\": executable file not found in $PATH',127",
        "'stat /x: no such file or directory',127",
        "'exec /x: permission denied',126",
        "'exec /: is a directory',126",
        "'something else',125"
    })
    void run_startFails_exitCodeTellsWhy(String message, int code) {
        daemon.on("POST /containers/c1/start", exchange -> {
            exchange.reply(400, Json.write(java.util.Map.of("message", message)));
            ended.countDown();
            started.countDown();
        });
        CommandLine.Result result = run("run", "--rm", "image");
        assertEquals(code, result.exitCode());
        assertEquals(
                "priok: Error response from daemon: " + message + "\n\nRun 'priok run --help' for more information\n",
                result.err());
    }

    @Test
    void run_imageIsMissing_isPulledOnce() {
        daemon.on("POST /containers/create", exchange -> {
            exchange.body();
            if (daemon.calls().contains("POST /images/create")) {
                exchange.reply(201, "{\"Id\":\"c1\"}");
            } else {
                exchange.reply(404, "{\"message\":\"No such image: alpine:latest\"}");
            }
        });
        daemon.on("POST /images/create", exchange -> {
            assertTrue(exchange.target().endsWith("?fromImage=alpine&tag=latest"), exchange.target());
            exchange.reply(200, "{\"status\":\"Pulled\"}");
        });
        CommandLine.Result result = run("run", "-d", "alpine");
        assertEquals("c1\n", result.out());
        assertEquals("Unable to find image 'alpine:latest' locally\nPulled\n", result.err());
    }

    @Test
    void run_pullNever_doesNotPull() {
        daemon.on("POST /containers/create", 404, "{\"message\":\"No such image: a\"}");
        CommandLine.Result result = run("run", "--pull", "never", "a");
        assertEquals(125, result.exitCode());
        assertEquals(List.of("POST /containers/create"), daemon.calls());
    }

    @Test
    void run_pullFails_exits125() {
        daemon.on("POST /containers/create", 404, "{\"message\":\"No such image: a\"}");
        daemon.on("POST /images/create", 200, "{\"errorDetail\":{\"message\":\"no route\"},\"error\":\"no route\"}");
        CommandLine.Result result = run("run", "-q", "a");
        assertEquals(125, result.exitCode());
        assertTrue(result.err().startsWith("priok: no route\n"), result.err());
    }

    @Test
    void run_cidfile_holdsTheIdAndIsNeverOverwritten() throws IOException {
        Path file = folder.resolve("cid");
        assertEquals(0, run("run", "-d", "--cidfile", file.toString(), "image").exitCode());
        assertEquals("c1", Files.readString(file));
        CommandLine.Result again = run("run", "-d", "--cidfile", file.toString(), "image");
        assertEquals(125, again.exitCode());
        assertTrue(again.err().contains("container ID file found"), again.err());
    }

    @Test
    void run_options_becomeTheBody() throws IOException {
        Path env = Files.writeString(folder.resolve("env"), "# comment\nX=1\nFROM_HERE\nUNSET\n");
        Path labels = Files.writeString(folder.resolve("labels"), "l1=v1\n");
        CommandLine.Result result = run(
                "run",
                "-d",
                "--name",
                "web",
                "-e",
                "A=1",
                "-e",
                "FROM_HERE",
                "-e",
                "UNSET",
                "--env-file",
                env.toString(),
                "-l",
                "a=b",
                "-l",
                "c",
                "--label-file",
                labels.toString(),
                "-m",
                "64m",
                "--cpus",
                "1.5",
                "--pids-limit",
                "-1",
                "-v",
                "/h:/c:ro",
                "-v",
                "/anonymous",
                "--mount",
                "type=tmpfs,target=/t,tmpfs-size=1m",
                "--tmpfs",
                "/run:size=1m",
                "-p",
                "127.0.0.1:8080:80",
                "-p",
                "90-91:90-91/udp",
                "--expose",
                "70",
                "--cap-add",
                "NET_ADMIN",
                "--privileged",
                "--read-only",
                "--network",
                "none",
                "--hostname",
                "h",
                "-u",
                "1:2",
                "-w",
                "/w",
                "--entrypoint",
                "/e",
                "--restart",
                "on-failure:3",
                "--ulimit",
                "nofile=1:2",
                "--device",
                "/dev/null:/dev/x:r",
                "--init",
                "--health-cmd",
                "true",
                "--health-interval",
                "5s",
                "--stop-timeout",
                "7",
                "--log-opt",
                "max-size=1m",
                "--sysctl",
                "a.b=1",
                "--add-host",
                "x:1.2.3.4",
                "--shm-size",
                "1m",
                "image",
                "cmd",
                "-x");
        assertEquals(0, result.exitCode(), result.err());
        JsonObject config = body.get();
        JsonObject host = config.object("HostConfig");
        assertEquals(List.of("cmd", "-x"), config.texts("Cmd"));
        assertEquals(List.of("/e"), config.texts("Entrypoint"));
        assertEquals(List.of("X=1", "FROM_HERE=here", "A=1", "FROM_HERE=here"), config.texts("Env"));
        assertEquals("{\"l1\":\"v1\",\"a\":\"b\",\"c\":\"\"}", Json.write(config.get("Labels")));
        assertEquals(
                "h 1:2 /w 7",
                config.text("Hostname") + " " + config.text("User") + " " + config.text("WorkingDir") + " "
                        + config.number("StopTimeout"));
        assertEquals("{\"/anonymous\":{}}", Json.write(config.get("Volumes")));
        assertEquals(
                "{\"80/tcp\":{},\"90/udp\":{},\"91/udp\":{},\"70/tcp\":{}}", Json.write(config.get("ExposedPorts")));
        assertEquals(
                "{\"Test\":[\"CMD-SHELL\",\"true\"],\"Interval\":5000000000}", Json.write(config.get("Healthcheck")));
        assertEquals(64 << 20, host.number("Memory"));
        assertEquals(1_500_000_000, host.number("NanoCpus"));
        assertEquals(-1, host.number("PidsLimit"));
        assertEquals(List.of("/h:/c:ro"), host.texts("Binds"));
        assertEquals(
                "[{\"Type\":\"tmpfs\",\"Target\":\"/t\",\"TmpfsOptions\":{\"SizeBytes\":1048576}}]",
                Json.write(host.get("Mounts")));
        assertEquals("{\"/run\":\"size=1m\"}", Json.write(host.get("Tmpfs")));
        assertEquals(
                "{\"80/tcp\":[{\"HostIp\":\"127.0.0.1\",\"HostPort\":\"8080\"}],\"90/udp\":[{\"HostIp\":\"\",\"HostPort\":\"90\"}],"
                        + "\"91/udp\":[{\"HostIp\":\"\",\"HostPort\":\"91\"}]}",
                Json.write(host.get("PortBindings")));
        assertEquals("none", host.text("NetworkMode"));
        assertEquals("{\"Name\":\"on-failure\",\"MaximumRetryCount\":3}", Json.write(host.get("RestartPolicy")));
        assertEquals("[{\"Name\":\"nofile\",\"Soft\":1,\"Hard\":2}]", Json.write(host.get("Ulimits")));
        assertEquals(
                "[{\"PathOnHost\":\"/dev/null\",\"PathInContainer\":\"/dev/x\",\"CgroupPermissions\":\"r\"}]",
                Json.write(host.get("Devices")));
        assertTrue(host.flag("Privileged") && host.flag("ReadonlyRootfs") && host.flag("Init"));
        assertEquals("{\"Type\":\"\",\"Config\":{\"max-size\":\"1m\"}}", Json.write(host.get("LogConfig")));
        assertEquals("{\"a.b\":\"1\"}", Json.write(host.get("Sysctls")));
        assertEquals(List.of("x:1.2.3.4"), host.texts("ExtraHosts"));
        assertEquals(1 << 20, host.number("ShmSize"));
        assertFalse(config.has("NetworkingConfig"));
    }

    @ParameterizedTest
    @CsvSource({
        "--restart=always --rm,conflicting options: cannot specify both --restart and --rm",
        "-p=x:80,invalid port in 'x:80': x",
        "-p=80/foo,invalid proto: foo",
        "--mount=type=bind,invalid argument \"type=bind\" for \"--mount\" flag: target is required",
        "--device=/dev/a:/b:q,invalid device mode: q",
        "--env-file=/nonexistent,open /nonexistent: no such file or directory",
        "--pull=often,'invalid pull option: ''often'': must be one of \"always\", \"missing\" or \"never\"'",
        "--security-opt=foo,invalid --security-opt: \"foo\"",
        "-a=foo,'valid streams are STDIN, STDOUT and STDERR'"
    })
    void run_impossibleOption_exits125(String options, String message) {
        String[] words = ("run " + options + " image").split(" ");
        CommandLine.Result result = run(words);
        assertEquals(125, result.exitCode());
        assertEquals("priok: " + message + "\n\nRun 'priok run --help' for more information\n", result.err());
        assertEquals(List.of(), daemon.calls());
    }

    @Test
    void exec_attached_exitsWithTheCommandsCode() {
        daemon.on("POST /containers/web/exec", exchange -> {
                    body.set(JsonObject.of(Json.read(exchange.text())));
                    exchange.reply(201, "{\"Id\":\"e1\"}");
                })
                .on("POST /exec/e1/start", exchange -> {
                    exchange.body();
                    exchange.upgrade(MULTIPLEXED);
                    exchange.frame(1, "hi\n");
                })
                .on("GET /exec/e1/json", 200, "{\"ExitCode\":9}");
        CommandLine.Result result = run("exec", "-e", "A=1", "-u", "0", "web", "ls", "-l");
        assertEquals(9, result.exitCode());
        assertEquals("hi\n", result.out());
        assertEquals(List.of("ls", "-l"), body.get().texts("Cmd"));
        assertEquals(List.of("A=1"), body.get().texts("Env"));
    }
}
