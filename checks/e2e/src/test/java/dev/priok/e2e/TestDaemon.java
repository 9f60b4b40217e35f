package dev.priok.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A {@code priokd} in a process, data root, socket and cgroup of its own. */
final class TestDaemon implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(90);

    private final Path root;
    private final List<String> flags;
    private Process process;

    private TestDaemon(Path root, List<String> flags) {
        this.root = root;
        this.flags = flags;
    }

    /** Starts a daemon in a new scratch folder. */
    static TestDaemon start(String... flags) {
        try {
            Leftovers.sweep();
            Path root = Files.createTempDirectory(Path.of("/tmp"), Leftovers.PREFIX);
            Files.writeString(
                    root.resolve("owner"), Long.toString(ProcessHandle.current().pid()));
            TestDaemon daemon = new TestDaemon(root, List.of(flags));
            daemon.launch();
            return daemon;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path root() {
        return root;
    }

    Path dataRoot() {
        return root.resolve("data");
    }

    Path socket() {
        return root.resolve("d.sock");
    }

    String host() {
        return "unix://" + socket();
    }

    long pid() {
        return process.pid();
    }

    /** Starts the process again on the same data root. */
    void launch() throws IOException {
        List<String> command = new ArrayList<>(program());
        command.addAll(List.of(
                "--config-file",
                Files.writeString(root.resolve("daemon.json"), "{}").toString(),
                "--data-root",
                dataRoot().toString(),
                "--exec-root",
                root.resolve("run").toString(),
                "--cgroup-parent",
                "/" + root.getFileName(),
                "-H",
                host()));
        command.addAll(TestNetwork.of(root).flags());
        command.addAll(flags);
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(root.resolve("log").toFile()))
                .start();
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        while (!answers()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new AssertionError("priokd did not start:\n" + log());
            }
            pause();
        }
    }

    /** The classes under test, or the built program that {@code -Dpriok.daemon} names. */
    private static List<String> program() {
        String built = System.getProperty("priok.daemon", "");
        return built.isEmpty()
                ? List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.priok.daemon.Main")
                : List.of(built);
    }

    private boolean answers() {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(socket()));
        } catch (IOException _) {
            return false;
        }
    }

    static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    String log() {
        try {
            return Files.exists(root.resolve("log")) ? Files.readString(root.resolve("log")) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the daemon as a crash does: at once, with no chance to tidy up. */
    void kill() {
        process.destroyForcibly();
        await();
    }

    /** Asks the daemon to end. */
    int stop() {
        process.destroy();
        await();
        return process.exitValue();
    }

    private void await() {
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("priokd did not end:\n" + log());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The docker command, pointed at this daemon. */
    Docker docker() {
        return new Docker(List.of(Docker.command()), Map.of("DOCKER_HOST", host(), "DOCKER_BUILDKIT", "0"));
    }

    /** The priok command, pointed at this daemon. */
    Docker priok() {
        return new Docker(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.priok.cli.Main"),
                Map.of("PRIOK_HOST", host()));
    }

    /** Removes every container, ends the daemon, and checks that nothing of it is left. */
    @Override
    public void close() {
        if (process.isAlive()) {
            Docker docker = docker();
            for (String id : docker.run("ps", "-aq").out().lines().toList()) {
                docker.run("rm", "-f", "-v", id);
            }
            stop();
        }
        Leftovers.remove(root);
    }
}
