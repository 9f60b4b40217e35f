package dev.priok.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A daemon that the bench started, in a scratch root of its own. */
final class Peer implements AutoCloseable {
    private static final int START_SECONDS = 60;

    private final String name;
    private final Path root;
    private final Process process;

    private Peer(String name, Path root, Process process) {
        this.name = name;
        this.root = root;
        this.process = process;
    }

    String name() {
        return name;
    }

    Path socket() {
        return root.resolve("d.sock");
    }

    Path root() {
        return root;
    }

    long pid() {
        return process.pid();
    }

    /** Real Docker from Debian's packages: unpacked in {@code folder}, or installed in it when it is a whole system. */
    static Peer docker(Path folder, Path root) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(inside(folder, root));
        command.addAll(List.of(
                isWhole(folder) ? "dockerd" : folder.resolve("usr/sbin/dockerd").toString(),
                "--config-file",
                Files.writeString(root.resolve("daemon.json"), "{}").toString(),
                "--data-root",
                root.resolve("data").toString(),
                "--exec-root",
                root.resolve("run").toString(),
                "--pidfile",
                root.resolve("pid").toString(),
                "-H",
                "unix://" + root.resolve("d.sock"),
                "--iptables=false",
                "--ip6tables=false",
                "--bridge=none",
                "--userland-proxy=false"));
        return start(
                "docker",
                root,
                command,
                isWhole(folder)
                        ? Map.of()
                        : Map.of("PATH", folder + "/usr/sbin:" + folder + "/usr/bin:" + System.getenv("PATH")));
    }

    /** Whether a folder is a whole system, to be used by chroot, as {@code checks/peers/newest} makes one. */
    static boolean isWhole(Path folder) {
        return Files.exists(folder.resolve("etc/debian_version"));
    }

    /** What to put before a command so that it runs in a whole system and sees {@code scratch}; nothing for unpacked packages. */
    static List<String> inside(Path folder, Path scratch) {
        return isWhole(folder)
                ? List.of(
                        Path.of("checks/peers/in-newest").toAbsolutePath().toString(),
                        folder.toString(),
                        scratch.toString())
                : List.of();
    }

    /** This build. */
    static Peer priok(Path checkout, Path root) throws IOException, InterruptedException {
        List<String> command = List.of(
                checkout.resolve("bin/priokd").toString(),
                "--config-file",
                Files.writeString(root.resolve("daemon.json"), "{}").toString(),
                "--data-root",
                root.resolve("data").toString(),
                "--exec-root",
                root.resolve("run").toString(),
                "--cgroup-parent",
                "/" + root.getFileName(),
                "--bridge=none",
                "--firewall-table",
                "priok-bench",
                "-H",
                "unix://" + root.resolve("d.sock"));
        return start("priok", root, command, Map.of());
    }

    private static Peer start(String name, Path root, List<String> command, Map<String, String> environment)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(command));
        builder.environment().putAll(environment);
        Process process = builder.redirectErrorStream(true)
                .redirectOutput(root.resolve("log").toFile())
                .start();
        Peer peer = new Peer(name, root, process);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (true) {
            try (Api api = new Api(peer.socket())) {
                api.call("GET", "/_ping", "");
                return peer;
            } catch (IOException e) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    throw new IOException(name + " did not start:\n" + Files.readString(root.resolve("log")), e);
                }
                Thread.sleep(50);
            }
        }
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
