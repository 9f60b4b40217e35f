package dev.priok.registryserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.core.Digest;
import dev.priok.database.Database;
import dev.priok.registry.AuditLog;
import dev.priok.registry.GarbageCollection;
import dev.priok.registry.RegistryEvent;
import dev.priok.registry.Retention;
import dev.priok.registry.RetentionRule;
import dev.priok.registry.Scrub;
import dev.priok.registry.Webhooks;
import dev.priok.registry.access.AccessControl;
import dev.priok.registry.access.ApiKeys;
import dev.priok.registry.access.LoginGuard;
import dev.priok.registry.access.Passwords;
import dev.priok.registry.access.Policy;
import dev.priok.registry.access.RateLimits;
import dev.priok.registryserver.http.HttpFront;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands around a registry, over HTTP. */
class CareTest {
    private static final byte[] LAYER = "layer".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    private final InstantSource clock = now::get;

    private static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private static void await(BooleanSupplier what) throws InterruptedException {
        long deadline = System.nanoTime() + 60_000_000_000L;
        while (!what.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "it did not come to be within a minute");
            Thread.sleep(20);
        }
    }

    /** Ann may do everything, others may only pull. */
    private AccessControl users(Database database) throws IOException {
        Path file = folder.resolve("users");
        // By htpasswd -nbB ann secret.
        Files.writeString(file, "ann:$2y$05$OuTqkylDHQ5hNCt2IMMWKuyAK2EbbIr4TncdOUVVM1lCEn79Psi1q\n");
        var rules = List.of(
                new Policy.Rule(
                        List.of("**"),
                        Set.of("ann"),
                        Set.of(),
                        false,
                        Set.of(dev.priok.registry.access.Action.values())),
                new Policy.Rule(
                        List.of("**"), Set.of(), Set.of(), true, Set.of(dev.priok.registry.access.Action.PULL)));
        return new AccessControl(
                new Policy(rules),
                Optional.of(new Passwords(file, clock, new SecureRandom())),
                Optional.of(new ApiKeys(database, clock, new SecureRandom())),
                Optional.empty(),
                false,
                _ -> Set.of(),
                new LoginGuard(clock));
    }

    private static ServedRegistry with(
            ServedRegistry alone, AccessControl access, RateLimits limits, Optional<AuditLog> audit) {
        return new ServedRegistry(
                alone.registry(),
                access,
                false,
                Optional.empty(),
                limits,
                audit,
                Optional.empty(),
                alone.retention(),
                Optional.empty(),
                Optional.empty());
    }

    @Test
    void auditLog_tellsWhoDidWhatAndWhatCameOfIt() throws Exception {
        Path file = folder.resolve("audit.log");
        try (AuditLog audit = AuditLog.open(file, 1 << 20, 3);
                Database keys = Database.open(folder.resolve("keys.db"));
                TestRegistry test = TestRegistry.open(folder, clock, alone -> {
                    try {
                        return with(alone, users(keys), RateLimits.none(), Optional.of(audit));
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                })) {
            String ann = basic("ann", "secret");
            Digest digest = Digest.sha256(LAYER);
            assertEquals(
                    401,
                    test.call("POST", "/v2/a/b/blobs/uploads/", new byte[0]).statusCode());
            assertEquals(
                    201,
                    test.call("POST", "/v2/a/b/blobs/uploads/?digest=" + digest, LAYER, "Authorization", ann)
                            .statusCode());
            assertEquals(200, test.get("/v2/a/b/blobs/" + digest).statusCode());
            assertEquals(
                    401,
                    test.call("DELETE", "/v2/a/b/blobs/" + digest, new byte[0], "Authorization", basic("ann", "wrong"))
                            .statusCode());
            assertEquals(
                    202,
                    test.call("DELETE", "/v2/a/b/blobs/" + digest, new byte[0], "Authorization", ann)
                            .statusCode());
            List<String> lines = Files.readAllLines(file);
            assertEquals(4, lines.size(), lines.toString());
            assertTrue(
                    lines.get(0)
                            .contains("\"who\":\"ann\",\"by\":\"PASSWORD\",\"from\":\"127.0.0.1\",\"action\":\"push\""
                                    + ",\"repository\":\"a/b\",\"digest\":\"" + digest + "\",\"result\":201"),
                    lines.get(0));
            assertTrue(lines.get(1).contains("\"who\":\"\",\"from\":\"127.0.0.1\",\"action\":\"pull\""), lines.get(1));
            assertTrue(
                    lines.get(2).contains("\"result\":401,\"detail\":\"wrong user name or password\""), lines.get(2));
            assertTrue(
                    lines.get(3).contains("\"action\":\"delete\"")
                            && lines.get(3).contains("\"result\":202"),
                    lines.get(3));
            assertFalse(lines.toString().contains("secret"));
        }
    }

    @Test
    void auditLog_isBoundedAndRotated() throws Exception {
        Path file = folder.resolve("audit.log");
        var entry = new AuditLog.Entry("t", "ann", "", "", "push", "r".repeat(200), "", "", 201, "");
        try (AuditLog audit = AuditLog.open(file, 1000, 3)) {
            for (int i = 0; i < 100; i++) {
                audit.write(entry);
            }
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(
                    List.of("audit.log", "audit.log.1", "audit.log.2"),
                    files.map(path -> path.getFileName().toString()).sorted().toList());
        }
        assertTrue(Files.size(file) <= 1000 && Files.size(folder.resolve("audit.log.2")) > 500);
    }

    @Test
    void rateLimit_refusesWithTheTimeToWait() throws Exception {
        var nanos = new AtomicLong(1);
        var limits = new RateLimits(Optional.of(new RateLimits.Limit(0.5, 3)), Optional.empty(), nanos::get);
        try (TestRegistry test =
                TestRegistry.open(folder, clock, alone -> with(alone, alone.access(), limits, Optional.empty()))) {
            for (int i = 0; i < 3; i++) {
                assertEquals(200, test.get("/v2/").statusCode());
            }
            var refused = test.get("/v2/");
            assertEquals(429, refused.statusCode());
            assertEquals("2", refused.headers().firstValue("Retry-After").orElseThrow());
            assertEquals(200, test.get("/healthz").statusCode());
            nanos.addAndGet(2_000_000_000L);
            assertEquals(200, test.get("/v2/").statusCode());
            assertEquals(429, test.get("/v2/").statusCode());
        }
        assertEquals(2, limits.refused());
    }

    @Test
    void guesses_waitLongerAndLonger_alsoManyAtOnce() throws Exception {
        try (Database keys = Database.open(folder.resolve("keys.db"))) {
            AccessControl access = users(keys);
            var checked = new AtomicLong();
            try (var guessers = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < 50; i++) {
                    String guess = "guess" + i;
                    var _ = guessers.submit(() -> {
                        try {
                            return access.password("ann", guess, "10.0.0.7");
                        } catch (dev.priok.registry.RegistryError e) {
                            if (e.code() == dev.priok.registry.RegistryError.Code.UNAUTHORIZED) {
                                checked.incrementAndGet();
                            }
                            throw e;
                        }
                    });
                }
            }
            assertTrue(checked.get() <= 6, checked + " of 50 guesses at once were checked");
            // From elsewhere ann is let in, and after the wait from there too.
            assertEquals("ann", access.password("ann", "secret", "10.0.0.8").name());
            now.set(now.get().plusSeconds(600));
            assertEquals("ann", access.password("ann", "secret", "10.0.0.7").name());
        }
    }

    @Test
    void apiKey_isMadeUsedAndRevoked() throws Exception {
        try (Database keys = Database.open(folder.resolve("keys.db"));
                TestRegistry test = TestRegistry.open(folder, clock, alone -> {
                    try {
                        return with(alone, users(keys), RateLimits.none(), Optional.empty());
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                })) {
            String ann = basic("ann", "secret");
            byte[] ask = "{\"label\":\"ci\",\"days\":30}".getBytes(StandardCharsets.UTF_8);
            assertEquals(401, test.call("POST", "/registry/keys", ask).statusCode());
            var made = test.call("POST", "/registry/keys", ask, "Authorization", ann);
            assertEquals(201, made.statusCode());
            String key = TestRegistry.text(made).replaceAll(".*\"key\":\"([^\"]+)\".*", "$1");
            assertTrue(key.startsWith("priok_"), key);
            String byKey = basic("ann", key);
            assertEquals(
                    202,
                    test.call("POST", "/v2/a/b/blobs/uploads/", new byte[0], "Authorization", byKey)
                            .statusCode());
            assertEquals(
                    403,
                    test.call("POST", "/registry/keys", ask, "Authorization", byKey)
                            .statusCode());
            String listed = TestRegistry.text(test.get("/registry/keys", "Authorization", ann));
            assertTrue(listed.contains("\"label\":\"ci\"") && !listed.contains(key), listed);
            String id = listed.replaceAll(".*\"id\":(\\d+).*", "$1");
            assertEquals(
                    204,
                    test.call("DELETE", "/registry/keys/" + id, new byte[0], "Authorization", ann)
                            .statusCode());
            assertEquals(401, test.get("/v2/", "Authorization", byKey).statusCode());
            assertFalse(new String(Files.readAllBytes(folder.resolve("keys.db")), StandardCharsets.ISO_8859_1)
                    .contains(key));
        }
    }

    @Test
    void webhook_getsEachEventInOrder_alsoAfterItFailedAndARestart() throws Exception {
        var bodies = new ConcurrentLinkedQueue<String>();
        var status = new AtomicLong(500);
        HttpFront receiver = HttpFront.start("127.0.0.1", 0, Optional.empty(), 1000, exchange -> {
            if (status.get() == 200) {
                bodies.add(exchange.header("X-Priok-Signature").orElse("") + " "
                        + new String(exchange.body(1 << 20).orElseThrow(), StandardCharsets.UTF_8));
            }
            exchange.send((int) status.get());
        });
        var hook = new Webhooks.Hook(
                "ci",
                URI.create("http://127.0.0.1:" + receiver.address().getPort() + "/x"),
                Map.of("X-Team", "blue"),
                Optional.of("key"),
                Set.of(RegistryEvent.Action.PUSH),
                List.of("team/**"),
                Duration.ofSeconds(5),
                Duration.ofHours(1));
        try (TestRegistry test = TestRegistry.open(folder)) {
            var first = new Webhooks(test.database(), List.of(hook), clock, "here", HttpClient.newHttpClient());
            test.registry().listen(first::accept);
            test.push("team/app", "v1", LAYER);
            test.push("private/app", "v1", LAYER);
            await(() -> first.counts().getFirst().failures() > 0);
            assertEquals(3, first.counts().getFirst().queued());
            first.close();
            status.set(200);
            try (var second = new Webhooks(test.database(), List.of(hook), clock, "here", HttpClient.newHttpClient())) {
                await(() -> bodies.size() == 3);
                await(() -> second.counts().getFirst().queued() == 0);
            }
            String last = List.copyOf(bodies).getLast();
            assertTrue(last.matches("sha256=[0-9a-f]{64} \\{\"events\":\\[\\{\"id\".*"), last);
            assertTrue(
                    last.contains("\"action\":\"push\"")
                            && last.contains("\"tag\":\"v1\"")
                            && last.contains("\"repository\":\"team/app\"")
                            && last.contains("\"method\":\"PUT\""),
                    last);
            assertFalse(bodies.toString().contains("private/app"));
        } finally {
            receiver.close();
        }
    }

    @Test
    void retention_removesWhatItsRuleDoesNotKeep() throws Exception {
        var rule = new RetentionRule(
                List.of("team/**"),
                List.of("release-*"),
                OptionalInt.of(2),
                Optional.of(Duration.ofDays(7)),
                Optional.empty(),
                true);
        try (TestRegistry test = TestRegistry.open(folder, clock, alone -> alone)) {
            for (String tag : List.of("release-1", "b1", "b2", "b3", "b4")) {
                test.push("team/app", tag, tag.getBytes(StandardCharsets.UTF_8));
                test.push("other/app", tag, tag.getBytes(StandardCharsets.UTF_8));
                now.set(now.get().plus(Duration.ofDays(3)));
            }
            var retention = new Retention(test.registry().catalog(), List.of(rule), clock);
            var collection = new GarbageCollection(test.registry(), () -> {}, clock, false, retention);
            // b3 and b4 are the newest, b2 is 9 days old, b1 12, and release-1 is kept by name.
            assertEquals(2, collection.collect().tags());
            assertEquals(
                    "{\"name\":\"team/app\",\"tags\":[\"b3\",\"b4\",\"release-1\"]}",
                    TestRegistry.text(test.get("/v2/team/app/tags/list")));
            assertEquals(404, test.get("/v2/team/app/manifests/b1").statusCode());
            assertEquals(200, test.get("/v2/other/app/manifests/b1").statusCode());
            now.set(now.get().plus(Duration.ofDays(1)));
            assertEquals(
                    3,
                    test.registry()
                            .catalog()
                            .repositoryDetails("team/app", "", 1)
                            .getFirst()
                            .manifests());
        }
    }

    @Test
    void brokenBlob_isMovedAsideReportedAndTakenAgain() throws Exception {
        var scrubs = new AtomicReference<Scrub>();
        try (TestRegistry test = TestRegistry.open(folder, clock, alone -> {
            scrubs.set(new Scrub(alone.registry(), clock, 1L << 40));
            return new ServedRegistry(
                    alone.registry(),
                    alone.access(),
                    false,
                    Optional.empty(),
                    alone.limits(),
                    Optional.empty(),
                    Optional.empty(),
                    alone.retention(),
                    Optional.empty(),
                    Optional.of(scrubs.get()));
        })) {
            test.push("team/app", "v1", LAYER);
            Digest digest = Digest.sha256(LAYER);
            assertEquals(List.of(), scrubs.get().run().broken());
            Path stored;
            try (Stream<Path> files = Files.walk(folder.resolve("content"))) {
                stored = files.filter(path -> path.getFileName().toString().equals(digest.hex()))
                        .findFirst()
                        .orElseThrow();
            }
            Files.delete(stored);
            Files.writeString(stored, "rotten");
            assertEquals(List.of(digest), scrubs.get().run().broken());
            assertEquals(404, test.get("/v2/team/app/blobs/" + digest).statusCode());
            assertEquals("rotten", Files.readString(folder.resolve("quarantine/sha256-" + digest.hex())));
            assertTrue(TestRegistry.text(test.get("/registry/damage")).contains(digest.toString()));
            assertTrue(TestRegistry.text(test.get("/healthz")).contains("1 broken"));
            assertEquals(200, test.get("/readyz").statusCode());
            assertTrue(TestRegistry.text(test.get("/metrics")).contains("priok_registry_blobs_broken 1"));
            test.push("team/app", "v1", LAYER);
            assertEquals(200, test.get("/v2/team/app/blobs/" + digest).statusCode());
            assertTrue(TestRegistry.text(test.get("/healthz")).contains("\"blobs\":\"ok\""));
        }
    }

    @Test
    void readiness_tellsAStorageThatCannotBeWritten() throws Exception {
        try (TestRegistry test = TestRegistry.open(folder)) {
            assertEquals(200, test.get("/readyz").statusCode());
            Files.delete(folder.resolve("uploads"));
            Thread.sleep(2100);
            var unready = test.get("/readyz");
            assertEquals(503, unready.statusCode());
            assertTrue(TestRegistry.text(unready).contains("cannot be written"), TestRegistry.text(unready));
            assertEquals(200, test.get("/healthz").statusCode());
        }
    }

    @Test
    void metrics_haveOneTypeForEachName() throws Exception {
        try (TestRegistry test = TestRegistry.open(folder)) {
            test.push("team/app", "v1", LAYER);
            List<String> types = TestRegistry.text(test.get("/metrics"))
                    .lines()
                    .filter(line -> line.startsWith("# TYPE "))
                    .toList();
            assertEquals(types.size(), Set.copyOf(types).size(), types.toString());
            assertTrue(types.contains("# TYPE priok_registry_tags gauge"), types.toString());
        }
    }
}
