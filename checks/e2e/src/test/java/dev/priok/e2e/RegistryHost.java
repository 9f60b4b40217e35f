package dev.priok.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A registry in a process of its own, ours or Debian's, at an address that a test chose. */
final class RegistryHost implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(90);

    /**
     * What it asks of its clients.
     *
     * @param htpasswd file of its users; anybody may do everything without one
     * @param token whether it gives tokens; Debian's would need a token server beside it
     * @param identity its certificate and key; plain HTTP without one
     * @param clients certificate that its clients must show, if any
     */
    record Guard(
            Optional<Path> htpasswd,
            boolean token,
            Optional<TestCertificate> identity,
            Optional<TestCertificate> clients) {
        static final Guard NONE = new Guard(Optional.empty(), false, Optional.empty(), Optional.empty());

        Guard withUsers(Path file) {
            return new Guard(Optional.of(file), token, identity, clients);
        }

        Guard withTokens() {
            return new Guard(htpasswd, true, identity, clients);
        }

        Guard withTls(TestCertificate mine) {
            return new Guard(htpasswd, token, Optional.of(mine), clients);
        }

        Guard withClients(TestCertificate theirs) {
            return new Guard(htpasswd, token, identity, Optional.of(theirs));
        }
    }

    private final String address;
    private final Path log;
    private final Process process;

    private RegistryHost(String host, Path folder, List<String> command, int port) throws IOException {
        this.address = host + ":" + port;
        this.log = folder.resolve("log");
        this.process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        awaitStart(host, port);
    }

    private void awaitStart(String host, int port) throws IOException {
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(host, port), 1000);
                return;
            } catch (IOException e) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    close();
                    throw new IOException("the registry did not start:\n" + Files.readString(log), e);
                }
                TestDaemon.pause();
            }
        }
    }

    static int freePort(String host) throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName(host))) {
            return free.getLocalPort();
        }
    }

    /** {@code priok registry serve}. */
    static RegistryHost ours(String host, Path folder, Guard guard) {
        try {
            int port = freePort(host);
            Files.createDirectories(folder);
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "dev.priok.daemon.RegistryMain",
                    "--listen",
                    host + ":" + port,
                    "--data",
                    folder.resolve("data").toString()));
            guard.htpasswd()
                    .ifPresentOrElse(
                            file -> command.addAll(List.of("--htpasswd", file.toString())),
                            () -> command.addAll(List.of("--anonymous", "push")));
            if (guard.token()) {
                command.add("--token");
            }
            guard.identity()
                    .ifPresent(mine -> command.addAll(List.of(
                            "--tls-cert",
                            mine.certificate().toString(),
                            "--tls-key",
                            mine.key().toString())));
            guard.clients()
                    .ifPresent(theirs -> command.addAll(
                            List.of("--tls-client-ca", theirs.certificate().toString())));
            return new RegistryHost(host, folder, command, port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Debian's docker-registry, found where {@code checks/peers/fetch} puts it. */
    static RegistryHost debian(String host, Path folder, Guard guard) {
        try {
            int port = freePort(host);
            Files.createDirectories(folder);
            StringBuilder yaml = new StringBuilder("""
                    version: 0.1
                    log:
                      level: warn
                    storage:
                      filesystem:
                        rootdirectory: %s
                      delete:
                        enabled: true
                    http:
                      addr: %s
                    """.formatted(folder.resolve("data"), host + ":" + port));
            guard.identity().ifPresent(mine -> {
                yaml.append("  tls:\n    certificate: %s\n    key: %s\n".formatted(mine.certificate(), mine.key()));
                guard.clients()
                        .ifPresent(
                                theirs -> yaml.append("    clientcas:\n      - %s\n".formatted(theirs.certificate())));
            });
            guard.htpasswd()
                    .ifPresent(
                            file -> yaml.append("auth:\n  htpasswd:\n    realm: test\n    path: %s\n".formatted(file)));
            Path config = Files.writeString(folder.resolve("config.yml"), yaml);
            String program = System.getenv("PRIOK_PEERS") + "/usr/bin/docker-registry";
            return new RegistryHost(host, folder, List.of(program, "serve", config.toString()), port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code host:port}, the first part of the names of its images. */
    String address() {
        return address;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
