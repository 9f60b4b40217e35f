package dev.priok.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.engine.ContainerSpec;
import dev.priok.engine.ProcessSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** TCP with TLS, where only clients with a known certificate are let in. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TlsTest {
    private static final char[] PASSWORD = "secret".toCharArray();

    @TempDir
    static Path folder;

    private final FakeEngine engine = new FakeEngine();
    private KeyStore client;
    private KeyStore serverTrust;
    private ApiServer server;

    @BeforeAll
    void start() throws Exception {
        KeyStore own = keyPair("server");
        client = keyPair("client");
        serverTrust = KeyStore.getInstance("PKCS12");
        serverTrust.load(null, PASSWORD);
        serverTrust.setCertificateEntry("server", own.getCertificate("server"));
        pem("cert.pem", "CERTIFICATE", own.getCertificate("server").getEncoded());
        pem("key.pem", "PRIVATE KEY", own.getKey("server", PASSWORD).getEncoded());
        pem("ca.pem", "CERTIFICATE", client.getCertificate("client").getEncoded());
        var tls = new Listener.Tls(
                folder.resolve("cert.pem"), folder.resolve("key.pem"), Optional.of(folder.resolve("ca.pem")));
        server = ApiServer.start(
                ServerConfig.of("0.1.0", new Listener.Tcp("127.0.0.1", 0, Optional.of(tls))),
                engine,
                new FakeBuilder(),
                InstantSource.fixed(Instant.EPOCH));
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private KeyStore keyPair(String name) throws Exception {
        Path store = folder.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        name,
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=" + name,
                        "-storepass",
                        new String(PASSWORD),
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString()))
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, keytool.waitFor(), said);
        return KeyStore.getInstance(store.toFile(), PASSWORD);
    }

    private void pem(String file, String kind, byte[] der) throws IOException {
        String text = "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END "
                + kind + "-----\n";
        Files.writeString(folder.resolve(file), text);
    }

    private SSLSocket connect(boolean withCertificate) throws Exception {
        KeyManager[] keys = {};
        if (withCertificate) {
            var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(client, PASSWORD);
            keys = factory.getKeyManagers();
        }
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(serverTrust);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, trust.getTrustManagers(), null);
        var address = server.addresses().getFirst();
        return (SSLSocket) context.getSocketFactory().createSocket(address.getAddress(), address.getPort());
    }

    @Test
    void ping_withCertificate_isAnswered() throws Exception {
        try (SSLSocket socket = connect(true)) {
            socket.getOutputStream()
                    .write("GET /_ping HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertTrue(answer.startsWith("HTTP/1.1 200 OK"), answer);
        }
    }

    @Test
    void ping_withoutCertificate_isNotLetIn() throws Exception {
        try (SSLSocket socket = connect(false)) {
            assertThrows(IOException.class, () -> {
                socket.getOutputStream()
                        .write("GET /_ping HTTP/1.1\r\nHost: d\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                if (socket.getInputStream().read() < 0) {
                    throw new IOException("closed");
                }
            });
        }
    }

    @Test
    void attach_halfCloseUnderTls_endsTheInput() throws Exception {
        var process = new ProcessSpec(
                null,
                List.of("wc"),
                List.of(),
                "",
                "",
                List.of(),
                false,
                true,
                false,
                false,
                true,
                true,
                "",
                null,
                null,
                List.of(),
                0,
                0);
        var spec = ContainerSpec.of("fake").withProcess(process);
        String id = engine.containers.create(spec, Optional.empty()).id();
        engine.containers.start(id);
        try (SSLSocket socket = connect(true)) {
            String request = "POST /containers/" + id + "/attach?stdin=1&stdout=1&stream=1 HTTP/1.1\r\nHost: d\r\n"
                    + "Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertTrue(answer.startsWith("HTTP/1.1 101 UPGRADED"), answer);
            assertTrue(answer.endsWith("0\n"), answer);
        }
    }
}
