package dev.priok.daemon;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.core.Digest;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a registry at random moments of a push load: what was acknowledged is there afterwards, whole. */
class RegistryKillTest {
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final int CLIENTS = 4;
    private static final int START_SECONDS = 60;
    private static final int LONGEST_LIFE_MILLIS = 1500;

    @TempDir
    Path folder;

    private final Map<String, byte[]> acknowledged = new ConcurrentHashMap<>();
    private final Random random = new Random();

    @Test
    void killed_atRandomMoments_losesNoAcknowledgedPush() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        int rounds = Integer.getInteger("priok.kill.rounds", 3);
        Map<String, byte[]> before = Map.of();
        for (int round = 0; round < rounds; round++) {
            Process server = start(port);
            try (HttpClient client = HttpClient.newHttpClient();
                    ExecutorService pushers = Executors.newFixedThreadPool(CLIENTS)) {
                try {
                    check(client, port, before);
                    before = new ConcurrentHashMap<>();
                    for (int i = 0; i < CLIENTS; i++) {
                        String name = "r" + round + "/c" + i;
                        Map<String, byte[]> now = before;
                        var _ = pushers.submit(() -> pushUntilItBreaks(client, port, name, now));
                    }
                    TimeUnit.MILLISECONDS.sleep(200 + random.nextInt(LONGEST_LIFE_MILLIS));
                } finally {
                    server.destroyForcibly().waitFor();
                }
            }
            acknowledged.putAll(before);
        }
        Process server = start(port);
        try (HttpClient client = HttpClient.newHttpClient()) {
            check(client, port, acknowledged);
            assertTrue(acknowledged.size() > rounds, "only " + acknowledged.size() + " pushes were acknowledged");
            int blobs = checkEveryBlob();
            System.out.printf(
                    "%d kills of the registry: %d acknowledged pushes, none lost; %d blobs, none broken%n",
                    rounds, acknowledged.size(), blobs);
        } finally {
            server.destroyForcibly().waitFor();
        }
    }

    /** Also blobs whose push was never acknowledged: what can be seen is whole. */
    private int checkEveryBlob() throws IOException {
        int blobs = 0;
        try (Stream<Path> files = Files.walk(folder.resolve("data/content"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = file.getFileName().toString();
                if (name.matches("[0-9a-f]{64}")) {
                    assertEquals(name, Digest.sha256(Files.readAllBytes(file)).hex());
                    blobs++;
                }
            }
        }
        assertTrue(blobs >= acknowledged.size(), blobs + " blobs");
        return blobs;
    }

    private Process start(int port) throws Exception {
        Process server = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.priok.daemon.RegistryMain",
                        "--listen",
                        "127.0.0.1:" + port,
                        "--data",
                        folder.resolve("data").toString())
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
                .start();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        try (HttpClient client = HttpClient.newHttpClient()) {
            while (true) {
                try {
                    if (get(client, port, "/readyz").statusCode() == 200) {
                        return server;
                    }
                    throw new IOException("it is not ready");
                } catch (IOException e) {
                    if (!server.isAlive() || System.nanoTime() > deadline) {
                        server.destroyForcibly();
                        throw new IOException(Files.readString(folder.resolve("log")), e);
                    }
                    Thread.sleep(50);
                }
            }
        }
    }

    private static HttpResponse<byte[]> get(HttpClient client, int port, String path) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .build(),
                BodyHandlers.ofByteArray());
    }

    private static int send(HttpClient client, int port, String method, String path, byte[] body) throws Exception {
        return client.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                .header("Content-Type", MANIFEST)
                                .method(method, BodyPublishers.ofByteArray(body))
                                .build(),
                        BodyHandlers.discarding())
                .statusCode();
    }

    /** Pushes an image of one random layer again and again; each tag that was answered with 201 must stay. */
    private static Void pushUntilItBreaks(HttpClient client, int port, String name, Map<String, byte[]> acknowledged)
            throws Exception {
        byte[] layer = new byte[100_000];
        for (int n = 0; ; n++) {
            new Random().nextBytes(layer);
            Digest digest = Digest.sha256(layer);
            int uploaded = send(client, port, "POST", "/v2/" + name + "/blobs/uploads/?digest=" + digest, layer);
            byte[] manifest = """
                    {"schemaVersion":2,"mediaType":"%s","config":{"mediaType":"a/b","digest":"%s","size":100000},"layers":[]}
                    """.formatted(MANIFEST, digest).getBytes(StandardCharsets.UTF_8);
            String path = "/v2/" + name + "/manifests/t" + n;
            if (uploaded == 201 && send(client, port, "PUT", path, manifest) == 201) {
                acknowledged.put(path + " " + digest, manifest);
            }
        }
    }

    private static void check(HttpClient client, int port, Map<String, byte[]> pushes) throws Exception {
        for (var push : pushes.entrySet()) {
            String[] what = push.getKey().split(" ");
            var manifest = get(client, port, what[0]);
            assertEquals(200, manifest.statusCode(), what[0]);
            assertArrayEquals(push.getValue(), manifest.body(), what[0]);
            var layer = get(client, port, what[0].substring(0, what[0].indexOf("/manifests/")) + "/blobs/" + what[1]);
            assertEquals(200, layer.statusCode(), what[1]);
            assertEquals(what[1], Digest.sha256(layer.body()).toString());
        }
    }
}
