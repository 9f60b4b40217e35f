package dev.priok.e2e;

import at.favre.lib.crypto.bcrypt.BCrypt;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** {@code priok registry serve} as a process of its own: open and plain, or closed, with TLS, a user and tokens. */
final class ServedRegistry implements AutoCloseable {
    static final String USER = "ann";
    static final String PASSWORD = "correct horse";
    private static final int START_SECONDS = 60;

    private final Path folder;
    private final Process process;
    private final String address;
    private final boolean closed;

    private ServedRegistry(Path folder, Process process, String address, boolean closed) {
        this.folder = folder;
        this.process = process;
        this.address = address;
        this.closed = closed;
    }

    /** Everybody may do everything, without TLS. */
    static ServedRegistry open(Path folder) throws IOException {
        return start(folder, false, List.of());
    }

    /** Only {@link #USER} may do anything, over TLS and with tokens. */
    static ServedRegistry closed(Path folder) throws IOException {
        Files.createDirectories(folder);
        certificate(folder);
        Files.writeString(
                folder.resolve("users"),
                USER + ":" + BCrypt.withDefaults().hashToString(6, PASSWORD.toCharArray()) + "\n");
        return start(
                folder,
                true,
                List.of(
                        "--htpasswd",
                        folder.resolve("users").toString(),
                        "--token",
                        "--tls-cert",
                        folder.resolve("trust/ca.crt").toString(),
                        "--tls-key",
                        folder.resolve("key.pem").toString()));
    }

    private static ServedRegistry start(Path folder, boolean closed, List<String> flags) throws IOException {
        Files.createDirectories(folder);
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        String address = "127.0.0.1:" + port;
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.priok.daemon.RegistryMain",
                "--listen",
                address,
                "--data",
                folder.resolve("data").toString()));
        command.addAll(flags);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        var registry = new ServedRegistry(folder, process, address, closed);
        registry.await(port);
        return registry;
    }

    private void await(int port) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (true) {
            try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return;
            } catch (IOException e) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    process.destroyForcibly();
                    throw new IOException(Files.readString(folder.resolve("log")), e);
                }
                TestDaemon.pause();
            }
        }
    }

    /** A certificate for 127.0.0.1 that signs itself, and its key, by the JDK's own tool. */
    private static void certificate(Path folder) throws IOException {
        Path store = folder.resolve("key.p12");
        Program.run(
                        Map.of(),
                        new byte[0],
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                "registry",
                                "-keyalg",
                                "EC",
                                "-dname",
                                "CN=127.0.0.1",
                                "-ext",
                                "SAN=ip:127.0.0.1",
                                "-ext",
                                "BC=ca:true",
                                "-storetype",
                                "PKCS12",
                                "-storepass",
                                "changeit",
                                "-keystore",
                                store.toString()))
                .ok();
        try (InputStream in = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, "changeit".toCharArray());
            write(
                    folder.resolve("key.pem"),
                    "PRIVATE KEY",
                    keys.getKey("registry", "changeit".toCharArray()).getEncoded());
            write(
                    Files.createDirectories(folder.resolve("trust")).resolve("ca.crt"),
                    "CERTIFICATE",
                    keys.getCertificate("registry").getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IOException("the JDK's key store cannot be read", e);
        }
    }

    private static void write(Path file, String type, byte[] bytes) throws IOException {
        Files.writeString(
                file,
                "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                        .formatted(
                                type,
                                Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes),
                                type));
    }

    String address() {
        return address;
    }

    /** Whether it wants TLS and a password. */
    boolean isClosed() {
        return closed;
    }

    /** A folder with the authority that signed its certificate, as {@code --cert-dir} wants it. */
    String trust() {
        return folder.resolve("trust").toString();
    }

    String log() {
        try {
            return Files.readString(folder.resolve("log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
