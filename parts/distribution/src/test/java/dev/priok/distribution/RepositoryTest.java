package dev.priok.distribution;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.priok.core.Credentials;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.ImageReference;
import dev.priok.oci.image.Descriptor;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The client against a registry that misbehaves. */
class RepositoryTest {
    private static final byte[] BLOB = new byte[300_000];

    static {
        new java.util.Random(7).nextBytes(BLOB);
    }

    private static final int TLS_HANDSHAKE = 22;

    private static final Descriptor DESCRIPTOR =
            new Descriptor("application/octet-stream", Digest.sha256(BLOB), BLOB.length);

    private final AtomicInteger requests = new AtomicInteger();
    private final Map<String, List<String>> seen = new ConcurrentHashMap<>();
    private HttpServer server;
    private ServerSocket front;
    private Registries registries;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        front = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
        registries = Registries.open(RegistryAccess.DEFAULT.withLimits(3, 5, 3));
    }

    @AfterEach
    void stop() throws IOException {
        registries.close();
        front.close();
        server.stop(0);
    }

    /** Refuses TLS at once, as registries do that speak HTTP alone; the JDK's server would wait for a line that never ends. */
    private void accept() {
        while (!front.isClosed()) {
            try {
                Socket client = front.accept();
                Thread.ofVirtual().start(() -> relay(client));
            } catch (IOException _) {
                return; // closed by the end of the test
            }
        }
    }

    private void relay(Socket client) {
        try (client;
                Socket behind = new Socket(
                        server.getAddress().getAddress(), server.getAddress().getPort())) {
            int first = client.getInputStream().read();
            if (first < 0 || first == TLS_HANDSHAKE) {
                return;
            }
            behind.getOutputStream().write(first);
            Thread.ofVirtual().start(() -> pump(client, behind));
            behind.getInputStream().transferTo(client.getOutputStream());
        } catch (IOException _) {
            // One of both is gone, and with it the connection.
        }
    }

    private static void pump(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException _) {
            // As in relay.
        }
    }

    private interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    private void on(String path, Answer answer) {
        server.createContext(path, exchange -> {
            try (exchange) {
                answer.to(exchange);
            }
        });
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    private Repository repository(Credentials credentials) throws IOException {
        String host = "127.0.0.1:" + front.getLocalPort();
        return registries.writing(ImageReference.parse(host + "/some/thing:1"), credentials);
    }

    private Repository repository() throws IOException {
        on("/v2/", exchange -> send(exchange, 200, new byte[0]));
        return repository(Credentials.ANONYMOUS);
    }

    private static String text(String text, HttpExchange exchange) {
        String value = exchange.getRequestHeaders().getFirst(text);
        return value == null ? "" : value;
    }

    @Test
    void blob_connectionCutInTheMiddle_goesOnByRange() throws IOException {
        on("/v2/some/thing/blobs/", exchange -> {
            String range = text("Range", exchange);
            int from = range.isEmpty() ? 0 : Integer.parseInt(range.replaceAll("[^0-9]", ""));
            exchange.getResponseHeaders()
                    .add("Content-Range", "bytes " + from + "-" + (BLOB.length - 1) + "/" + BLOB.length);
            exchange.sendResponseHeaders(range.isEmpty() ? 200 : 206, BLOB.length - from);
            int end = requests.incrementAndGet() == 1 ? 100_000 : BLOB.length;
            exchange.getResponseBody().write(BLOB, from, end - from);
            exchange.getResponseBody().flush();
            seen.computeIfAbsent("range", _ -> new java.util.ArrayList<>()).add(range);
        });
        try (InputStream in = repository().blob(DESCRIPTOR, 0)) {
            assertArrayEquals(BLOB, in.readAllBytes());
        }
        assertEquals(2, requests.get());
        assertTrue(seen.get("range").getLast().startsWith("bytes="));
    }

    @Test
    void blob_registryThatAlwaysCuts_failsAfterItsAttempts() throws IOException {
        on("/v2/some/thing/blobs/", exchange -> {
            requests.incrementAndGet();
            exchange.sendResponseHeaders(200, BLOB.length);
            exchange.getResponseBody().write(BLOB, 0, 10);
            exchange.getResponseBody().flush();
        });
        try (InputStream in = repository().blob(DESCRIPTOR, 0)) {
            Failure failure = assertThrows(Failure.class, in::readAllBytes);
            assertTrue(failure.message().contains(DESCRIPTOR.digest()), failure.message());
        }
        assertEquals(3, requests.get());
    }

    @Test
    void blob_endlessBody_endsWithTheSizeThatWasPromised() throws IOException {
        on("/v2/some/thing/blobs/", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            for (int i = 0; i < 100; i++) {
                exchange.getResponseBody().write(BLOB);
            }
        });
        try (InputStream in = repository().blob(DESCRIPTOR, 0)) {
            assertEquals(BLOB.length, in.readAllBytes().length);
        }
    }

    @Test
    void smallBlob_wrongBytes_isRefused() throws IOException {
        byte[] wrong = Arrays.copyOf(BLOB, BLOB.length);
        wrong[5] ^= 1;
        on("/v2/some/thing/blobs/", exchange -> send(exchange, 200, wrong));
        Failure failure = assertThrows(Failure.class, () -> repository().smallBlob(DESCRIPTOR, BLOB.length));
        assertTrue(failure.message().contains("hash to"), failure.message());
    }

    @Test
    void manifest_cutInTheMiddle_isAskedForAgain() throws IOException {
        byte[] manifest = "{\"schemaVersion\":2,\"mediaType\":\"a/b\",\"config\":{}}".getBytes(StandardCharsets.UTF_8);
        on("/v2/some/thing/manifests/", exchange -> {
            boolean whole = requests.incrementAndGet() > 1;
            exchange.getResponseHeaders().add("Content-Type", "application/vnd.oci.image.manifest.v1+json");
            exchange.sendResponseHeaders(200, manifest.length);
            exchange.getResponseBody().write(manifest, 0, whole ? manifest.length : 9);
            exchange.getResponseBody().flush();
        });
        assertArrayEquals(manifest, repository().manifest("1").orElseThrow().bytes());
        assertEquals(2, requests.get());
    }

    @Test
    void manifest_alwaysCut_isToldInOneLine() throws IOException {
        on("/v2/some/thing/manifests/", exchange -> {
            requests.incrementAndGet();
            exchange.sendResponseHeaders(200, 100);
            exchange.getResponseBody().write(BLOB, 0, 10);
            exchange.getResponseBody().flush();
        });
        Failure failure = assertThrows(Failure.class, () -> repository().manifest("1"));
        assertTrue(failure.message().endsWith("/v2/some/thing/manifests/1\": unexpected EOF"), failure.message());
        assertEquals(3, requests.get());
    }

    @Test
    void manifest_busyRegistry_isAskedAgain() throws IOException {
        byte[] manifest = "{\"schemaVersion\":2}".getBytes(StandardCharsets.UTF_8);
        on("/v2/some/thing/manifests/", exchange -> {
            if (requests.incrementAndGet() == 1) {
                exchange.getResponseHeaders().add("Retry-After", "0");
                send(exchange, 429, new byte[0]);
            } else {
                exchange.getResponseHeaders().add("Content-Type", "application/vnd.oci.image.manifest.v1+json");
                send(exchange, 200, manifest);
            }
        });
        assertArrayEquals(manifest, repository().manifest("1").orElseThrow().bytes());
    }

    @Test
    void manifest_rateLimitOfAnHour_isToldAtOnce() {
        on("/v2/some/thing/manifests/", exchange -> {
            requests.incrementAndGet();
            exchange.getResponseHeaders().add("Retry-After", "3600");
            send(exchange, 429, new byte[0]);
        });
        Failure failure = assertThrows(Failure.class, () -> repository().manifest("1"));
        assertEquals(Failure.Kind.UNAVAILABLE, failure.kind());
        assertTrue(failure.message().startsWith("toomanyrequests"), failure.message());
        assertEquals(1, requests.get());
    }

    @Test
    void manifest_ofAnotherDigest_isRefused() {
        on("/v2/some/thing/manifests/", exchange -> {
            exchange.getResponseHeaders().add("Content-Type", "application/vnd.oci.image.manifest.v1+json");
            send(exchange, 200, "{}".getBytes(StandardCharsets.UTF_8));
        });
        Failure failure = assertThrows(
                Failure.class, () -> repository().manifest(Digest.sha256(BLOB).toString()));
        assertTrue(failure.message().contains("verification failed"), failure.message());
    }

    @Test
    void manifest_schema1_isRefused() {
        on("/v2/some/thing/manifests/", exchange -> {
            exchange.getResponseHeaders()
                    .add("Content-Type", "application/vnd.docker.distribution.manifest.v1+prettyjws");
            send(exchange, 200, "{}".getBytes(StandardCharsets.UTF_8));
        });
        Failure failure = assertThrows(Failure.class, () -> repository().manifest("1"));
        assertTrue(failure.message().contains("schema 1"), failure.message());
    }

    @Test
    void manifest_thatIsMissing_isEmpty() throws IOException {
        on("/v2/some/thing/manifests/", exchange -> send(exchange, 404, new byte[0]));
        assertTrue(repository().manifest("1").isEmpty());
    }

    @Test
    void tokens_areGotWithThePasswordAndReused() throws IOException {
        String host = "http://127.0.0.1:" + front.getLocalPort();
        on("/token", exchange -> {
            requests.incrementAndGet();
            seen.put("auth", List.of(text("Authorization", exchange)));
            seen.put("query", List.of(exchange.getRequestURI().getQuery()));
            send(exchange, 200, "{\"token\":\"abc\",\"expires_in\":300}".getBytes(StandardCharsets.UTF_8));
        });
        on("/v2/", exchange -> {
            if (text("Authorization", exchange).equals("Bearer abc")) {
                exchange.getResponseHeaders().add("Content-Type", "application/vnd.oci.image.manifest.v1+json");
                send(exchange, 200, "{}".getBytes(StandardCharsets.UTF_8));
            } else {
                exchange.getResponseHeaders()
                        .add("WWW-Authenticate", "Bearer realm=\"" + host + "/token\",service=\"here\"");
                send(exchange, 401, new byte[0]);
            }
        });
        Repository repository = repository(new Credentials.Basic("user", "secret"));
        assertTrue(repository.manifest("1").isPresent());
        assertTrue(repository.manifest("2").isPresent());
        assertEquals(1, requests.get());
        assertEquals(List.of("Basic dXNlcjpzZWNyZXQ="), seen.get("auth"));
        assertTrue(seen.get("query").getFirst().contains("scope=repository:some/thing:pull,push"));
    }

    @Test
    void redirect_toAnotherHost_doesNotCarryTheSecret() throws IOException {
        HttpServer storage = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        storage.createContext("/", exchange -> {
            try (exchange) {
                seen.put("storage", List.of(text("Authorization", exchange)));
                send(exchange, 200, BLOB);
            }
        });
        storage.start();
        try {
            on("/v2/", exchange -> {
                exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"x\"");
                send(exchange, text("Authorization", exchange).isEmpty() ? 401 : 200, new byte[0]);
            });
            on("/v2/some/thing/blobs/", exchange -> {
                exchange.getResponseHeaders()
                        .add(
                                "Location",
                                "http://127.0.0.1:" + storage.getAddress().getPort() + "/b");
                send(exchange, 307, new byte[0]);
            });
            Repository repository = repository(new Credentials.Basic("user", "secret"));
            assertArrayEquals(BLOB, repository.smallBlob(DESCRIPTOR, BLOB.length));
            assertEquals(List.of(""), seen.get("storage"));
        } finally {
            storage.stop(0);
        }
    }

    @Test
    void insecure_loopbackAndRangesAlone() {
        RegistryAccess access = RegistryAccess.DEFAULT.withInsecure(List.of("10.0.0.0/8", "box:5000"));
        assertTrue(access.isInsecure("localhost:5000"));
        assertTrue(access.isInsecure("[::1]:5000"));
        assertTrue(access.isInsecure("10.1.2.3:5000"));
        assertTrue(access.isInsecure("box:5000"));
        assertFalse(access.isInsecure("box:5001"));
        assertFalse(access.isInsecure("11.1.2.3"));
        assertFalse(access.isInsecure("quay.io"));
    }

    @Test
    void proxies_followGosRules() {
        Proxies proxies = Proxies.of("http://p:1", "http://s:2", "corp.example,10.0.0.0/8");
        assertTrue(proxies.forHost("https", "quay.io", 443).isPresent());
        assertTrue(proxies.forHost("https", "a.corp.example", 443).isEmpty());
        assertTrue(proxies.forHost("http", "10.9.9.9", 80).isEmpty());
        assertTrue(proxies.forHost("http", "127.0.0.1", 80).isEmpty());
    }

    private void takeStreams(Answer patch) throws IOException {
        String place = "/v2/some/thing/blobs/uploads/1";
        on("/v2/some/thing/blobs/uploads/", exchange -> {
            exchange.getResponseHeaders().add("Location", place);
            send(exchange, 202, new byte[0]);
        });
        on(place, exchange -> {
            seen.computeIfAbsent(exchange.getRequestMethod(), _ -> new java.util.concurrent.CopyOnWriteArrayList<>())
                    .add(String.valueOf(exchange.getRequestURI().getQuery()));
            switch (exchange.getRequestMethod()) {
                case "PATCH" -> {
                    exchange.getResponseHeaders().add("Location", place);
                    patch.to(exchange);
                }
                case "PUT" -> send(exchange, 201, new byte[0]);
                default -> send(exchange, 204, new byte[0]);
            }
        });
    }

    private static void write(StreamedUpload stream) throws IOException {
        for (int i = 0; i < 20; i++) {
            stream.write(BLOB, 0, BLOB.length);
        }
    }

    @Test
    void stream_whileItIsMade_isNamedAtTheEnd() throws IOException {
        AtomicInteger received = new AtomicInteger();
        takeStreams(exchange -> {
            received.set(exchange.getRequestBody().readAllBytes().length);
            send(exchange, 202, new byte[0]);
        });
        try (StreamedUpload stream = repository().stream(_ -> {})) {
            write(stream);
            assertTrue(stream.finish(DESCRIPTOR));
        }
        assertEquals(20 * BLOB.length, received.get());
        assertEquals(List.of("digest=" + DESCRIPTOR.digest()), seen.get("PUT"));
        assertFalse(seen.containsKey("DELETE"));
    }

    @Test
    void stream_brokenOff_lostNothingForTheOneWhoMakesIt() throws IOException {
        takeStreams(exchange -> {
            exchange.getRequestBody().readNBytes(BLOB.length);
            send(exchange, 500, new byte[0]);
        });
        try (StreamedUpload stream = repository().stream(_ -> {})) {
            write(stream);
            assertFalse(stream.finish(DESCRIPTOR));
        }
        assertEquals(1, seen.get("PATCH").size());
        assertFalse(seen.containsKey("PUT"));
        assertTrue(seen.containsKey("DELETE"));
    }
}
