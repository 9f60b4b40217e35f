package dev.priok.registryserver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.core.Credentials;
import dev.priok.core.Digest;
import dev.priok.distribution.Registries;
import dev.priok.distribution.RegistryAccess;
import dev.priok.registry.PullThrough;
import dev.priok.registry.Upstream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A registry that keeps copies of another, which counts what it is asked and dies. */
class PullThroughTest {
    private static final Duration FRESH = Duration.ofMinutes(1);
    private static final byte[] LAYER = new byte[2_000_000];

    static {
        new Random(3).nextBytes(LAYER);
    }

    private static final Digest DIGEST = Digest.sha256(LAYER);

    @TempDir
    Path folder;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    private final InstantSource clock = now::get;
    private final Registries client = Registries.open(RegistryAccess.DEFAULT.withLimits(8, 1, 2));
    private TestRegistry upstream;
    private TestRegistry cache;
    private Digest image;

    @BeforeEach
    void start() throws Exception {
        upstream = TestRegistry.open(folder.resolve("upstream"));
        cache = TestRegistry.open(
                folder.resolve("cache"),
                clock,
                alone -> new ServedRegistry(
                        alone.registry(),
                        alone.access(),
                        false,
                        Optional.of(new PullThrough(
                                alone.registry(),
                                List.of(new Upstream("copy", upstream.address(), Credentials.ANONYMOUS, FRESH)),
                                client,
                                clock)),
                        alone.limits(),
                        alone.audit(),
                        alone.webhooks(),
                        alone.retention(),
                        alone.collection(),
                        alone.scrub()));
        image = upstream.push("team/app", "v1", LAYER);
    }

    @AfterEach
    void stop() {
        cache.close();
        upstream.close();
        client.close();
    }

    private void pull() throws Exception {
        assertEquals(200, cache.get("/v2/copy/team/app/manifests/v1").statusCode());
        assertArrayEquals(LAYER, cache.get("/v2/copy/team/app/blobs/" + DIGEST).body());
    }

    @Test
    void manyClientsAtOnce_askTheUpstreamOnce() throws Exception {
        List<Future<HttpResponse<byte[]>>> manifests = new ArrayList<>();
        List<Future<HttpResponse<byte[]>>> blobs = new ArrayList<>();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 40; i++) {
                manifests.add(clients.submit(() -> cache.get("/v2/copy/team/app/manifests/v1")));
            }
            for (var manifest : manifests) {
                assertEquals(200, manifest.get().statusCode());
                assertEquals(
                        image.toString(),
                        manifest.get()
                                .headers()
                                .firstValue("Docker-Content-Digest")
                                .orElseThrow());
            }
            for (int i = 0; i < 40; i++) {
                blobs.add(clients.submit(() -> cache.get("/v2/copy/team/app/blobs/" + DIGEST)));
            }
            for (var blob : blobs) {
                assertArrayEquals(LAYER, blob.get().body());
            }
        }
        assertEquals(1, upstream.answered("manifests", "GET", 200));
        assertEquals(1, upstream.answered("blobs", "GET", 200));
    }

    @Test
    void whatIsHere_isHandedOutWhileTheUpstreamIsAway() throws Exception {
        pull();
        upstream.die();
        assertTrue(cache.get("/v2/copy/team/app/manifests/v1")
                .headers()
                .firstValue("Warning")
                .isEmpty());
        now.set(now.get().plus(FRESH).plusSeconds(1));
        var old = cache.get("/v2/copy/team/app/manifests/v1");
        assertEquals(200, old.statusCode());
        assertTrue(old.headers().firstValue("Warning").orElseThrow().contains("Stale"));
        assertArrayEquals(LAYER, cache.get("/v2/copy/team/app/blobs/" + DIGEST).body());
        assertEquals(
                "{\"name\":\"copy/team/app\",\"tags\":[\"v1\"]}",
                TestRegistry.text(cache.get("/v2/copy/team/app/tags/list")));
        var unknown = cache.get("/v2/copy/team/app/manifests/v2");
        assertEquals(503, unknown.statusCode());
        assertTrue(unknown.headers().firstValue("Retry-After").isPresent());
        // The upstream was asked a moment ago: this is refused without asking.
        long start = System.nanoTime();
        assertEquals(503, cache.get("/v2/copy/team/app/manifests/v3").statusCode());
        assertTrue(System.nanoTime() - start < 5_000_000_000L);
    }

    @Test
    void anUpstreamThatIsBack_isAskedAgain() throws Exception {
        pull();
        upstream.die();
        now.set(now.get().plus(FRESH).plusSeconds(1));
        assertTrue(cache.get("/v2/copy/team/app/manifests/v1")
                .headers()
                .firstValue("Warning")
                .isPresent());
        upstream.revive();
        Digest second = upstream.push("team/app", "v1", "other".getBytes(StandardCharsets.UTF_8));
        now.set(now.get().plusSeconds(60));
        var fresh = cache.get("/v2/copy/team/app/manifests/v1");
        assertEquals(
                second.toString(),
                fresh.headers().firstValue("Docker-Content-Digest").orElseThrow());
        assertTrue(fresh.headers().firstValue("Warning").isEmpty());
    }

    @Test
    void tag_isBelievedForAWhileAndThenOnlyCompared() throws Exception {
        pull();
        pull();
        assertEquals(0, upstream.answered("manifests", "HEAD", 200));
        now.set(now.get().plus(FRESH).plusSeconds(1));
        pull();
        assertEquals(1, upstream.answered("manifests", "HEAD", 200));
        assertEquals(1, upstream.answered("manifests", "GET", 200));
        assertEquals(1, upstream.answered("blobs", "GET", 200));
    }

    @Test
    void blob_ofAnotherCopy_isNotFetchedAgain() throws Exception {
        pull();
        upstream.push("team/other", "v1", LAYER);
        assertEquals(200, cache.get("/v2/copy/team/other/manifests/v1").statusCode());
        assertArrayEquals(
                LAYER, cache.get("/v2/copy/team/other/blobs/" + DIGEST).body());
        assertEquals(1, upstream.answered("blobs", "GET", 200));
    }

    @Test
    void blobThatTheUpstreamHasBroken_isNeverWholeHere() throws Exception {
        Path file = folder.resolve("upstream/content/blobs/sha256").resolve(DIGEST.hex());
        byte[] wrong = LAYER.clone();
        wrong[1_000_000] ^= 1;
        Path stored = java.nio.file.Files.exists(file) ? file : find(DIGEST.hex());
        java.nio.file.Files.delete(stored);
        java.nio.file.Files.write(stored, wrong);
        assertEquals(200, cache.get("/v2/copy/team/app/manifests/v1").statusCode());
        org.junit.jupiter.api.Assertions.assertThrows(
                IOException.class, () -> cache.get("/v2/copy/team/app/blobs/" + DIGEST));
        assertTrue(cache.registry().catalog().repositoriesOf(DIGEST, 10).isEmpty());
    }

    private Path find(String name) throws IOException {
        try (var files = java.nio.file.Files.walk(folder.resolve("upstream"))) {
            return files.filter(path -> path.getFileName().toString().equals(name))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void missing_isMissing_andPushingIsRefused() throws Exception {
        assertEquals(404, cache.get("/v2/copy/team/none/manifests/v1").statusCode());
        assertEquals(404, cache.get("/v2/copy/team/app/manifests/v9").statusCode());
        var refused = cache.call("POST", "/v2/copy/team/app/blobs/uploads/", new byte[0]);
        assertEquals(405, refused.statusCode());
        assertTrue(TestRegistry.text(refused).contains("copy of another registry"), TestRegistry.text(refused));
        assertEquals(
                202,
                cache.call("POST", "/v2/own/app/blobs/uploads/", new byte[0]).statusCode());
    }
}
