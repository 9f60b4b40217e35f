package dev.priok.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class TlsFilesTest {
    private static final char[] PASSWORD = "secret".toCharArray();

    @TempDir
    private Path folder;

    private KeyStore keyPair(String name, String algorithm) throws Exception {
        Path store = folder.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        name,
                        "-keyalg",
                        algorithm,
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        "secret"))
                .inheritIO()
                .start();
        assertEquals(0, keytool.waitFor());
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        pem(name + "-cert.pem", "CERTIFICATE", keys.getCertificate(name).getEncoded());
        pem(name + "-key.pem", "PRIVATE KEY", keys.getKey(name, PASSWORD).getEncoded());
        return keys;
    }

    private void pem(String name, String label, byte[] der) throws IOException {
        String text = Base64.getMimeEncoder().encodeToString(der);
        Files.writeString(
                folder.resolve(name), "-----BEGIN " + label + "-----\n" + text + "\n-----END " + label + "-----\n");
    }

    private DaemonAddress address(int port, String authority, Optional<String> client, boolean verify) {
        return new DaemonAddress.Tls(
                new DaemonAddress.Tcp("127.0.0.1", port),
                new TlsFiles(
                        Optional.of(folder.resolve(authority + "-cert.pem")),
                        client.map(name -> folder.resolve(name + "-cert.pem")),
                        client.map(name -> folder.resolve(name + "-key.pem")),
                        verify));
    }

    @Test
    void daemonAndClient_proveWhoTheyAre() throws Exception {
        KeyStore server = keyPair("server", "EC");
        KeyStore client = keyPair("client", "RSA");
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(server, PASSWORD);
        KeyStore known = KeyStore.getInstance("PKCS12");
        known.load(null, PASSWORD);
        known.setCertificateEntry("client", client.getCertificate("client"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(known);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        try (SSLServerSocket listener =
                (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0)) {
            listener.setNeedClientAuth(true);
            Thread.ofVirtual().start(() -> serve(listener));
            int port = listener.getLocalPort();
            for (boolean verify : new boolean[] {true, false}) {
                String authority = verify ? "server" : "client";
                try (Reply reply = new EngineClient(address(port, authority, Optional.of("client"), verify), "1.51")
                        .send(Request.get("/version"))) {
                    assertEquals("{}", new String(reply.body().readAllBytes(), StandardCharsets.UTF_8));
                }
            }
            EngineClient stranger = new EngineClient(address(port, "client", Optional.of("client"), true), "1.51");
            IOException e = assertThrows(DaemonUnreachable.class, () -> stranger.send(Request.get("/version")));
            assertTrue(
                    String.valueOf(e.getMessage()).startsWith("error during connect: tcp://127.0.0.1:"),
                    e.getMessage());
            EngineClient nobody = new EngineClient(address(port, "server", Optional.empty(), true), "1.51");
            assertThrows(IOException.class, () -> nobody.send(Request.get("/version")));
        }
    }

    private static void serve(SSLServerSocket listener) {
        while (!listener.isClosed()) {
            try (SSLSocket socket = (SSLSocket) listener.accept()) {
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
                String line = in.readLine();
                while (line != null && !line.isEmpty()) {
                    line = in.readLine();
                }
                socket.getOutputStream()
                        .write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".getBytes(StandardCharsets.UTF_8));
            } catch (IOException _) {
                // a client that was refused, or the end of the test
            }
        }
    }
}
