package dev.priok.registryserver;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
import java.util.Optional;
import java.util.function.Function;

/** A registry that listens, with a client that calls it. */
final class TestRegistry implements AutoCloseable {
    static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";

    private final HttpClient client = HttpClient.newHttpClient();
    private final Database database;
    private final Registry registry;
    private RegistryServer server;
    private int port;

    private TestRegistry(Database database, Registry registry) {
        this.database = database;
        this.registry = registry;
    }

    /** Opens one that everybody may use. */
    static TestRegistry open(Path folder) throws IOException {
        return open(folder, InstantSource.system(), parts -> parts);
    }

    /** Opens one with more around it. */
    static TestRegistry open(Path folder, InstantSource clock, Function<ServedRegistry, ServedRegistry> more)
            throws IOException {
        Leases leases = new Leases();
        Database database = Database.open(folder.resolve("registry.db"));
        var registry = new Registry(
                Catalog.open(database, clock),
                RegistryStorage.open(
                        ContentStore.open(folder.resolve("content"), leases), folder.resolve("uploads"), leases),
                RegistrySettings.DEFAULT,
                clock,
                new SecureRandom());
        var test = new TestRegistry(database, registry);
        test.listen(0, more.apply(ServedRegistry.of(registry, AccessControl.open(new LoginGuard(clock)))));
        return test;
    }

    private void listen(int wanted, ServedRegistry served) throws IOException {
        server = RegistryServer.start(new ServerSettings("127.0.0.1", wanted, Optional.empty()), served);
        port = server.address().getPort();
    }

    /** Stops to listen, as one that died. */
    void die() {
        server.close();
    }

    /** Listens again at the same address. */
    void revive() throws IOException {
        listen(port, ServedRegistry.of(registry, AccessControl.open(new LoginGuard(InstantSource.system()))));
    }

    Database database() {
        return database;
    }

    Registry registry() {
        return registry;
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    HttpResponse<byte[]> call(String method, String path, byte[] body, String... headers)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://" + address() + path))
                .method(method, body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofByteArray());
    }

    HttpResponse<byte[]> get(String path, String... headers) throws IOException, InterruptedException {
        return call("GET", path, new byte[0], headers);
    }

    static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    Digest upload(String repository, byte[] bytes) throws IOException, InterruptedException {
        Digest digest = Digest.sha256(bytes);
        assertEquals(
                201,
                call("POST", "/v2/" + repository + "/blobs/uploads/?digest=" + digest, bytes)
                        .statusCode());
        return digest;
    }

    /** Pushes an image of one layer. */
    Digest push(String repository, String tag, byte[] layer) throws IOException, InterruptedException {
        Digest config = upload(repository, "{}".getBytes(StandardCharsets.UTF_8));
        Digest blob = upload(repository, layer);
        byte[] manifest = """
                {"schemaVersion":2,"mediaType":"%s","config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"%s","size":2},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"%s","size":%d}]}
                """.formatted(MANIFEST, config, blob, layer.length).getBytes(StandardCharsets.UTF_8);
        assertEquals(
                201,
                call("PUT", "/v2/" + repository + "/manifests/" + tag, manifest, "Content-Type", MANIFEST)
                        .statusCode());
        return Digest.sha256(manifest);
    }

    /** How often it has answered such a request. */
    long answered(String kind, String method, int status) throws IOException, InterruptedException {
        String line = "priok_registry_requests_total{kind=\"%s\",method=\"%s\",status=\"%d\"} "
                .formatted(kind, method, status);
        return text(get("/metrics"))
                .lines()
                .filter(text -> text.startsWith(line))
                .mapToLong(text -> Long.parseLong(text.substring(line.length())))
                .findFirst()
                .orElse(0);
    }

    @Override
    public void close() {
        server.close();
        registry.close();
        database.close();
        client.close();
    }
}
