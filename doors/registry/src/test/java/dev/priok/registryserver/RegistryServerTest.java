package dev.priok.registryserver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.content.ContentStore;
import dev.priok.core.Digest;
import dev.priok.core.Leases;
import dev.priok.database.Database;
import dev.priok.registry.Catalog;
import dev.priok.registry.Registry;
import dev.priok.registry.RegistrySettings;
import dev.priok.registry.RegistryStorage;
import dev.priok.registry.access.AccessControl;
import dev.priok.registry.access.LoginGuard;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The registry over HTTP; what the specification asks of every call is checked by its own suite (checks/registry-conformance). */
class RegistryServerTest {
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";

    @TempDir
    Path folder;

    private final HttpClient client = HttpClient.newHttpClient();
    private Database database;
    private Registry registry;
    private RegistryServer server;

    @BeforeEach
    void start() throws IOException {
        Leases leases = new Leases();
        database = Database.open(folder.resolve("registry.db"));
        registry = new Registry(
                Catalog.open(database, InstantSource.system()),
                RegistryStorage.open(
                        ContentStore.open(folder.resolve("content"), leases), folder.resolve("uploads"), leases),
                RegistrySettings.DEFAULT,
                InstantSource.system(),
                new SecureRandom());
        server = RegistryServer.start(
                new ServerSettings("127.0.0.1", 0, Optional.empty()),
                ServedRegistry.of(registry, AccessControl.open(new LoginGuard(InstantSource.system()))));
    }

    @AfterEach
    void stop() {
        server.close();
        registry.close();
        database.close();
        client.close();
    }

    private HttpResponse<byte[]> call(String method, String path, byte[] body, String... headers) throws Exception {
        var request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.address().getPort() + path))
                .method(method, body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofByteArray());
    }

    private HttpResponse<byte[]> get(String path, String... headers) throws Exception {
        return call("GET", path, new byte[0], headers);
    }

    private Digest upload(byte[] bytes) throws Exception {
        Digest digest = Digest.sha256(bytes);
        assertEquals(
                201,
                call("POST", "/v2/team/app/blobs/uploads/?digest=" + digest, bytes)
                        .statusCode());
        return digest;
    }

    private Digest push(String tag) throws Exception {
        Digest config = upload("{}".getBytes(StandardCharsets.UTF_8));
        byte[] manifest = """
                {"schemaVersion":2,"mediaType":"%s","config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"%s","size":2},"layers":[]}
                """.formatted(MANIFEST, config).getBytes(StandardCharsets.UTF_8);
        assertEquals(
                201,
                call("PUT", "/v2/team/app/manifests/" + tag, manifest, "Content-Type", MANIFEST)
                        .statusCode());
        return Digest.sha256(manifest);
    }

    @Test
    void largeBlob_comesWholeAndInPartsOnOneConnection() throws Exception {
        byte[] bytes = new byte[3_000_000];
        new Random(1).nextBytes(bytes);
        String path = "/v2/team/app/blobs/" + upload(bytes);
        for (int i = 0; i < 3; i++) {
            assertArrayEquals(bytes, get(path).body());
            var part = get(path, "Range", "bytes=1000000-2999998");
            assertEquals(206, part.statusCode());
            assertArrayEquals(Arrays.copyOfRange(bytes, 1_000_000, 2_999_999), part.body());
        }
        assertEquals(416, get(path, "Range", "bytes=3000000-").statusCode());
    }

    @Test
    void manifest_thatTheClientHas_isNotSentAgain() throws Exception {
        Digest digest = push("v1");
        var first = get("/v2/team/app/manifests/v1");
        assertEquals(
                digest.toString(),
                first.headers().firstValue("Docker-Content-Digest").orElseThrow());
        String tag = first.headers().firstValue("ETag").orElseThrow();
        assertEquals(304, get("/v2/team/app/manifests/v1", "If-None-Match", tag).statusCode());
    }

    @Test
    void tagList_isPagedByLink() throws Exception {
        for (String tag : new String[] {"a", "b", "c"}) {
            push(tag);
        }
        var page = get("/v2/team/app/tags/list?n=2");
        assertEquals("{\"name\":\"team/app\",\"tags\":[\"a\",\"b\"]}", new String(page.body(), StandardCharsets.UTF_8));
        assertEquals(
                "</v2/team/app/tags/list?n=2&last=b>; rel=\"next\"",
                page.headers().firstValue("Link").orElseThrow());
        var last = get("/v2/team/app/tags/list?n=2&last=b");
        assertTrue(last.headers().firstValue("Link").isEmpty());
        assertEquals(404, get("/v2/team/none/tags/list").statusCode());
    }

    @Test
    void anotherSitesPage_mayDeleteNothing() throws Exception {
        push("v1");
        assertEquals(
                403,
                call("DELETE", "/v2/team/app/manifests/v1", new byte[0], "Sec-Fetch-Site", "cross-site")
                        .statusCode());
        assertEquals(200, get("/v2/team/app/manifests/v1").statusCode());
    }

    @Test
    void page_runsOnlyItsOwnScripts() throws Exception {
        var page = get("/ui/");
        assertEquals(200, page.statusCode());
        assertTrue(page.headers()
                .firstValue("Content-Security-Policy")
                .orElseThrow()
                .contains("script-src 'self'"));
        assertEquals(404, get("/ui/../registry.db").statusCode());
    }

    @Test
    void metrics_countAnswers() throws Exception {
        push("v1");
        String text = new String(get("/metrics").body(), StandardCharsets.UTF_8);
        assertTrue(
                text.contains("priok_registry_requests_total{kind=\"manifests\",method=\"PUT\",status=\"201\"} 1"),
                text);
    }
}
