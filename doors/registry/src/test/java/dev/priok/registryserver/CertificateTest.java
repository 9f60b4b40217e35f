package dev.priok.registryserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.registry.access.AccessControl;
import dev.priok.registry.access.LoginGuard;
import dev.priok.tls.PemFiles;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A registry's certificate is renewed while it runs. */
class CertificateTest {
    private static final String PASSWORD = "changeit";
    /** Longer than the server waits between two looks at its files. */
    private static final Duration LOOK = Duration.ofMillis(2500);

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int TIMEOUT_MILLIS = 10_000;

    @TempDir
    private Path folder;

    private record Identity(Certificate certificate, String certificatePem, String keyPem) {}

    @Test
    void renewedFilesAreServedWithoutARestart_butNotHalfOfThem() throws Exception {
        Path certificate = folder.resolve("server.crt");
        Path key = folder.resolve("server.key");
        Identity first = make("first");
        Identity second = make("second");
        Files.writeString(certificate, first.certificatePem());
        Files.writeString(key, first.keyPem());
        var tls = new ServerSettings.Tls(certificate, key, Optional.empty(), false);
        try (TestRegistry registry = TestRegistry.open(Files.createDirectories(folder.resolve("registry")));
                RegistryServer server = RegistryServer.start(
                        new ServerSettings("127.0.0.1", 0, Optional.of(tls)),
                        ServedRegistry.of(
                                registry.registry(), AccessControl.open(new LoginGuard(InstantSource.system()))))) {
            SSLContext client = SSLContext.getInstance("TLS");
            client.init(null, PemFiles.trustManagers(List.of(first.certificate(), second.certificate())), null);
            int port = server.address().getPort();
            assertEquals(first.certificate(), served(client, port));
            Files.writeString(certificate, second.certificatePem());
            TimeUnit.MILLISECONDS.sleep(LOOK.toMillis());
            assertEquals(first.certificate(), served(client, port), "while the key is not there yet");
            Files.writeString(key, second.keyPem());
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (!served(client, port).equals(second.certificate())) {
                assertTrue(System.nanoTime() < deadline, "the old certificate is still served");
                TimeUnit.MILLISECONDS.sleep(200);
            }
        }
    }

    private static Certificate served(SSLContext client, int port) throws IOException {
        // A session that is taken up again would show the certificate of its beginning.
        client.getClientSessionContext().setSessionCacheSize(1);
        try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), port);
                SSLSocket socket = (SSLSocket) client.getSocketFactory().createSocket(plain, "localhost", port, true)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.startHandshake();
            Certificate shown = socket.getSession().getPeerCertificates()[0];
            socket.getSession().invalidate();
            return shown;
        }
    }

    private Identity make(String name) throws Exception {
        Path store = folder.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        name,
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=" + name,
                        "-validity",
                        "2",
                        "-keystore",
                        store.toString(),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".log").toFile())
                .start();
        assertEquals(0, keytool.waitFor(), () -> name + ": see the log of keytool");
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        Certificate certificate = keys.getCertificate(name);
        return new Identity(
                certificate,
                pem("CERTIFICATE", certificate.getEncoded()),
                pem("PRIVATE KEY", keys.getKey(name, PASSWORD.toCharArray()).getEncoded()));
    }

    private static String pem(String label, byte[] der) {
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                .formatted(
                        label,
                        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                                .encodeToString(der),
                        label);
    }
}
