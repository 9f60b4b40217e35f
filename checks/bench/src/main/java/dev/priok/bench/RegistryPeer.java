package dev.priok.bench;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A registry that the bench started on a port of this machine, in a scratch folder of its own. */
final class RegistryPeer implements AutoCloseable {
    private static final int START_SECONDS = 60;

    private final String name;
    private final Process process;
    private final int port;

    private RegistryPeer(String name, Process process, int port) {
        this.name = name;
        this.process = process;
        this.port = port;
    }

    String name() {
        return name;
    }

    int port() {
        return port;
    }

    /** Debian's docker-registry, unpacked in {@code folder}. */
    static RegistryPeer docker(Path folder, Path root) throws IOException, InterruptedException {
        int port = free();
        Path config = Files.writeString(
                Files.createDirectories(root).resolve("config.yml"), """
                version: 0.1
                log: {level: error, accesslog: {disabled: true}}
                storage: {filesystem: {rootdirectory: %s}, delete: {enabled: true}}
                http: {addr: "127.0.0.1:%d"}
                """.formatted(root.resolve("data"), port));
        return start(
                "docker-registry",
                root,
                port,
                List.of(folder.resolve("usr/bin/docker-registry").toString(), "serve", config.toString()));
    }

    /** This build's, with a configuration beside its address. */
    static RegistryPeer priok(Path checkout, Path root, String config) throws IOException, InterruptedException {
        int port = free();
        Path file = Files.writeString(Files.createDirectories(root).resolve("config.json"), config);
        return start(
                "priok",
                root,
                port,
                List.of(
                        checkout.resolve("bin/priok").toString(),
                        "registry",
                        "serve",
                        "--config",
                        file.toString(),
                        "--listen",
                        "127.0.0.1:" + port,
                        "--data",
                        root.resolve("data").toString()));
    }

    private static int free() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static RegistryPeer start(String name, Path root, int port, List<String> command)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(root.resolve("log").toFile()))
                .start();
        var peer = new RegistryPeer(name, process, port);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (true) {
            try (HttpLink link = new HttpLink(port)) {
                link.get("/v2/");
                return peer;
            } catch (IOException e) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    throw new IOException(name + " did not start:\n" + Files.readString(root.resolve("log")), e);
                }
                Thread.sleep(50);
            }
        }
    }

    /** Processor time so far, in seconds. */
    double cpuSeconds() {
        return process.toHandle()
                .info()
                .totalCpuDuration()
                .map(d -> d.toNanos() / 1e9)
                .orElse(Double.NaN);
    }

    /** Resident memory in megabytes. */
    double residentMegabytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", String.valueOf(process.pid()), "status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0;
            }
        }
        throw new IOException("no VmRSS of " + process.pid());
    }

    @Override
    public void close() {
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
