package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.e2e.RegistryHost.Guard;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code priok copy}, {@code manifest} and {@code referrers}, which have no daemon; docker and the registry see what became of it. */
@ExtendWith(SharedDaemon.class)
class TransferTest {
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";

    @TempDir
    static Path shared;

    private static Docker docker;
    private static RegistryHost registry;
    private static String image;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        docker = SharedDaemon.get().docker();
        registry = RegistryHost.ours("127.0.0.1", shared, Guard.NONE);
        image = registry.address() + "/team/base:1";
        docker.ok("tag", Busybox.IMAGE, image);
        docker.ok("push", image);
        docker.ok("rmi", image);
    }

    @AfterAll
    static void stop() {
        if (registry != null) {
            registry.close();
        }
    }

    private Docker priok() {
        return new Docker(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.priok.transfer.TransferMain"),
                Map.of("DOCKER_CONFIG", folder.resolve("config").toString()));
    }

    @Test
    void copy_keepsEveryByteOnItsWay() {
        String archive = folder.resolve("a.tar").toString();
        String docking = folder.resolve("d.tar").toString();
        String again = registry.address() + "/other/place:2";
        String digest = priok().ok("copy", "-q", image, "oci:" + folder.resolve("layout") + ":one");
        assertEquals(
                digest, priok().ok("copy", "-q", "oci:" + folder.resolve("layout") + ":one", "oci-archive:" + archive));
        assertEquals(
                digest, priok().ok("copy", "-q", "oci-archive:" + archive, "docker-archive:" + docking + ":copied:3"));
        assertEquals(digest, priok().ok("copy", "-q", "docker-archive:" + docking, again));
        assertTrue(docker.ok("load", "-i", docking).contains("Loaded image: copied:3"));
        assertEquals("ran", docker.ok("run", "--rm", "copied:3", "echo", "ran"));
        assertTrue(docker.ok("pull", again).contains("Digest: " + digest));
        docker.ok("rmi", "copied:3", again);
        Program.Result same = priok().run("copy", image, registry.address() + "/third/place:1");
        assertTrue(same.ok().err().contains("Mounted sha256:"), same.err());
    }

    @Test
    void copy_readsWhatDockerSaved() {
        Path saved = folder.resolve("saved.tar");
        docker.ok("save", "-o", saved.toString(), Busybox.IMAGE);
        String target = registry.address() + "/saved/image:1";
        priok().ok("copy", "docker-archive:" + saved, target);
        String id = docker.ok("image", "inspect", "-f", "{{.Id}}", Busybox.IMAGE);
        docker.ok("pull", target);
        assertEquals(id, docker.ok("image", "inspect", "-f", "{{.Id}}", target));
        docker.ok("rmi", target);
    }

    @Test
    void copy_refusesDamage() throws IOException {
        Path layout = folder.resolve("layout");
        priok().ok("copy", image, "oci:" + layout);
        try (var blobs = Files.list(layout.resolve("blobs/sha256"))) {
            Path largest = blobs.max(java.util.Comparator.comparingLong(
                            file -> file.toFile().length()))
                    .orElseThrow();
            byte[] bytes = Files.readAllBytes(largest);
            bytes[bytes.length / 2] ^= 1;
            Files.write(largest, bytes);
        }
        Program.Result refused = priok().run("copy", "oci:" + layout, "oci-archive:" + folder.resolve("x.tar"));
        assertEquals(1, refused.exit());
        assertTrue(refused.err().contains("hash to"), refused.err());
        assertFalse(Files.exists(folder.resolve("x.tar")));
        Program.Result missing = priok().run("copy", registry.address() + "/no/such:1", "oci:" + folder.resolve("y"));
        assertEquals(1, missing.exit());
        assertTrue(missing.err().contains("no such manifest"), missing.err());
    }

    @Test
    void manifestLists_areMadeAndSeenByDocker() {
        String list = registry.address() + "/team/list:1";
        String part = registry.address() + "/team/arm:1";
        docker.ok("tag", Busybox.IMAGE, part);
        docker.ok("push", part);
        docker.ok("rmi", part);
        priok().ok("manifest", "create", list, image, part);
        Program.Result twice = priok().run("manifest", "create", list, image);
        assertEquals(1, twice.exit());
        assertTrue(twice.err().contains("--amend"), twice.err());
        priok().ok("manifest", "annotate", "--os", "linux", "--arch", "arm64", "--variant", "v8", list, part);
        String digest = priok().ok("manifest", "push", "--purge", list);
        assertTrue(digest.startsWith("sha256:"), digest);
        String seen = docker.ok("manifest", "inspect", "--insecure", list);
        assertTrue(seen.contains("\"architecture\": \"arm64\"") && seen.contains("\"variant\": \"v8\""), seen);
        assertEquals(seen, priok().ok("manifest", "inspect", list));
        assertTrue(priok().ok("manifest", "inspect", "-v", list).contains("\"OCIManifest\""));
        docker.ok("pull", list);
        Program.Result none = docker.run("pull", "--platform", "linux/s390x", list);
        assertTrue(none.err().contains("no matching manifest for linux/s390x"), none.err());
        docker.ok("rmi", list);
        String one = priok().ok("copy", "-q", "--platform", "linux/arm64", list, "oci:" + folder.resolve("arm"));
        assertNotEquals(digest, one);
    }

    @Test
    void referrers_areCopiedListedDeleted() throws Exception {
        try (RegistryHost other = RegistryHost.ours("127.0.0.1", folder.resolve("other"), Guard.NONE)) {
            referrersGoTo(other);
        }
    }

    @Test
    @Tag("conformance")
    void referrers_goToARegistryWithoutTheirApi() throws Exception {
        try (RegistryHost other = RegistryHost.debian("127.0.0.1", folder.resolve("other"), Guard.NONE)) {
            referrersGoTo(other);
        }
    }

    private void referrersGoTo(RegistryHost other) throws Exception {
        String subject = priok().ok("copy", "-q", image, registry.address() + "/signed/image:1");
        String about = attach(subject);
        String source = registry.address() + "/signed/image:1";
        assertEquals(about, priok().ok("referrers", "ls", "-q", source));
        assertTrue(priok().ok("referrers", "ls", source).contains("application/x.signature"));
        String target = other.address() + "/signed/copy:1";
        priok().ok("copy", source, target);
        assertEquals("", priok().ok("referrers", "ls", "-q", target));
        priok().ok("referrers", "copy", source, target);
        assertEquals(about, priok().ok("referrers", "ls", "-q", target));
        String layout = "oci:" + folder.resolve("layout") + ":signed";
        priok().ok("copy", "--referrers", target, layout);
        assertEquals(about, priok().ok("referrers", "ls", "-q", layout));
        assertEquals(1, priok().run("referrers", "rm", target, subject).exit(), "the image itself is no referrer");
        priok().ok("referrers", "rm", target, about);
        assertEquals("", priok().ok("referrers", "ls", "-q", target));
    }

    /** Stores an artifact about a manifest; its digest. */
    private static String attach(String subject) throws Exception {
        String base = "http://" + registry.address() + "/v2/signed/image/";
        String empty = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
        try (HttpClient http = HttpClient.newHttpClient()) {
            String size = http.send(
                            HttpRequest.newBuilder(URI.create(base + "manifests/" + subject))
                                    .header("Accept", MANIFEST)
                                    .method("HEAD", HttpRequest.BodyPublishers.noBody())
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .headers()
                    .firstValue("Content-Length")
                    .orElseThrow();
            http.send(
                    HttpRequest.newBuilder(URI.create(base + "blobs/uploads/?digest=" + empty))
                            .POST(HttpRequest.BodyPublishers.ofString("{}"))
                            .build(),
                    HttpResponse.BodyHandlers.discarding());
            String manifest = """
                    {"schemaVersion":2,"mediaType":"%s","artifactType":"application/x.signature",\
                    "config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"%s","size":2},\
                    "layers":[{"mediaType":"application/vnd.oci.empty.v1+json","digest":"%s","size":2}],\
                    "subject":{"mediaType":"%s","digest":"%s","size":%s}}""".formatted(MANIFEST, empty, empty, MANIFEST, subject, size);
            String digest = "sha256:"
                    + java.util.HexFormat.of()
                            .formatHex(java.security.MessageDigest.getInstance("SHA-256")
                                    .digest(manifest.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create(base + "manifests/" + digest))
                            .header("Content-Type", MANIFEST)
                            .PUT(HttpRequest.BodyPublishers.ofString(manifest))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertEquals(201, answer.statusCode(), answer.body());
            return digest;
        }
    }
}
