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
    /** Every step is an exec: the daemon has the number of the process that was started. */
    private static final List<String> OWN_NETWORK =
            List.of("unshare", "--net", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh");

    private final String name;
    private final Path root;
    private final List<String> command;
    private final Process process;

    private Peer(String name, Path root, List<String> command, Process process) {
        this.name = name;
        this.root = root;
        this.command = command;
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
        return docker(folder, root, List.of(), List.of("--iptables=false", "--ip6tables=false", "--bridge=none"));
    }

    /** The same with its default bridge and firewall, in a network namespace of its own. */
    static Peer dockerWithBridge(Path folder, Path root) throws IOException, InterruptedException {
        return docker(folder, root, OWN_NETWORK, List.of());
    }

    private static Peer docker(Path folder, Path root, List<String> before, List<String> more)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(before);
        command.addAll(inside(folder, root));
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
                "--userland-proxy=false"));
        command.addAll(more);
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
        return priok(checkout, root, List.of(), List.of("--bridge=none"));
    }

    /** The same with its default bridge and firewall, in a network namespace of its own. */
    static Peer priokWithBridge(Path checkout, Path root) throws IOException, InterruptedException {
        return priok(checkout, root, OWN_NETWORK, List.of());
    }

    private static Peer priok(Path checkout, Path root, List<String> before, List<String> more)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of(
                checkout.resolve("bin/priokd").toString(),
                "--config-file",
                Files.writeString(root.resolve("daemon.json"), "{}").toString(),
                "--data-root",
                root.resolve("data").toString(),
                "--exec-root",
                root.resolve("run").toString(),
                "--cgroup-parent",
                "/" + root.getFileName(),
                "--firewall-table",
                "priok-bench",
                "-H",
                "unix://" + root.resolve("d.sock")));
        command.addAll(more);
        return start("priok", root, command, Map.of());
    }

    private static Peer start(String name, Path root, List<String> command, Map<String, String> environment)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(command));
        builder.environment().putAll(environment);
        Process process = builder.redirectErrorStream(true)
                .redirectOutput(root.resolve("log").toFile())
                .start();
        Peer peer = new Peer(name, root, command, process);
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
        if (name.equals("priok")) {
            cleanUp();
        }
    }

    /** What a daemon leaves for its next start: its table of the firewall and its roots. */
    private void cleanUp() throws IOException {
        List<String> again = new ArrayList<>(command);
        again.add("--cleanup");
        Path output = root.resolve("cleanup");
        try {
            int status = new ProcessBuilder(again)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new IOException("priokd --cleanup: " + Files.readString(output));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
