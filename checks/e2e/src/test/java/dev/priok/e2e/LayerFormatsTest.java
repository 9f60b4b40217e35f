package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import dev.priok.e2e.RegistryHost.Guard;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Layers in every format that registries hold, pulled, run, and pushed on under the digest that they came with. */
@ExtendWith(SharedDaemon.class)
class LayerFormatsTest {
    private static final String LAYER = "application/vnd.oci.image.layer.v1.tar";
    private static final String SHOW = "\"cat\",\"/shown\"";

    @TempDir
    static Path shared;

    private static Docker docker;
    private static RegistryHost registry;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        docker = SharedDaemon.get().docker();
        registry = RegistryHost.ours("127.0.0.1", shared, Guard.NONE);
    }

    @AfterAll
    static void stop() {
        if (registry != null) {
            registry.close();
        }
    }

    /** A tar with one file, {@code /shown}. */
    private byte[] tar(String text) throws IOException {
        Path root = Files.createDirectories(folder.resolve("root-" + text));
        Files.writeString(root.resolve("shown"), text);
        return Program.run(
                        Map.of(),
                        new byte[0],
                        List.of("tar", "-C", root.toString(), "--owner=0", "--group=0", "-c", "shown"))
                .ok()
                .bytes();
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    /** Brings a layout into the registry without a daemon. */
    private static String store(Path layout, String name) {
        String target = registry.address() + "/" + name;
        Program.run(
                        Map.of(),
                        new byte[0],
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "dev.priok.transfer.TransferMain",
                                "copy",
                                "-q",
                                "oci:" + layout,
                                target))
                .ok();
        return target;
    }

    /** Pulls, runs and pushes on: the bytes are the same everywhere. */
    private static void pullRunPush(String name, String digest, String shown) {
        assertTrue(docker.ok("pull", name).contains("Digest: " + digest));
        assertEquals(shown, docker.ok("run", "--rm", name));
        String onward = registry.address() + "/onward/" + shown + ":2";
        docker.ok("tag", name, onward);
        assertTrue(docker.ok("push", onward).contains("digest: " + digest));
        docker.ok("rmi", name, onward);
    }

    @Test
    void zstd_andPlain_keepTheirDigest() throws IOException {
        byte[] base = Busybox.archive();
        byte[] top = tar("zstd");
        // The base is unpacked here already, from the import of the same tar.
        String digest = new TestImage(folder.resolve("layout"))
                .layer(LAYER + "+zstd", Zstd.compress(base), base)
                .layer(LAYER, top, top)
                .write(SHOW);
        pullRunPush(store(folder.resolve("layout"), "formats/zstd:1"), digest, "zstd");
    }

    @Test
    void severalGzipMembers_areOneLayer() throws IOException {
        byte[] base = Busybox.archive();
        byte[] top = tar("members");
        ByteArrayOutputStream members = new ByteArrayOutputStream();
        members.write(gzip(java.util.Arrays.copyOf(top, 700)));
        members.write(gzip(java.util.Arrays.copyOfRange(top, 700, top.length)));
        String digest = new TestImage(folder.resolve("layout"))
                .layer(LAYER + "+gzip", gzip(base), base)
                .layer(LAYER + "+gzip", members.toByteArray(), top)
                .write(SHOW);
        pullRunPush(store(folder.resolve("layout"), "formats/members:1"), digest, "members");
    }

    @Test
    void foreignLayers_comeFromWhereTheyLie() throws IOException {
        byte[] base = Busybox.archive();
        byte[] top = tar("foreign");
        try (PlainServer server = new PlainServer()) {
            server.answer("/layer", "application/octet-stream", gzip(top));
            String digest = new TestImage(folder.resolve("layout"))
                    .layer(LAYER + "+gzip", gzip(base), base)
                    .foreign(
                            "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
                            gzip(top),
                            top,
                            "http://" + server.address() + "/layer")
                    .write(SHOW);
            pullRunPush(store(folder.resolve("layout"), "formats/foreign:1"), digest, "foreign");
        }
    }

    @Test
    void wrongDiffIds_andUnknownLayers_areRefused() throws IOException {
        byte[] base = Busybox.archive();
        new TestImage(folder.resolve("lying"))
                .layer(LAYER, tar("one"), tar("two"))
                .write(SHOW);
        Program.Result lying = docker.run("pull", store(folder.resolve("lying"), "formats/lying:1"));
        assertEquals(1, lying.exit());
        assertTrue(lying.err().contains("invalid diffID for layer 0"), lying.err());
        new TestImage(folder.resolve("secret"))
                .layer(LAYER + "+gzip+encrypted", gzip(base), base)
                .write(SHOW);
        Program.Result secret = docker.run("pull", store(folder.resolve("secret"), "formats/secret:1"));
        assertEquals(1, secret.exit());
        assertTrue(secret.err().contains("+encrypted, which is no tar"), secret.err());
    }

    @Test
    void schema1_isRefusedWithTheNextStep() {
        try (PlainServer server = new PlainServer()) {
            server.answer(
                    "/v2/old/image/manifests/",
                    "application/vnd.docker.distribution.manifest.v1+prettyjws",
                    "{\"schemaVersion\":1,\"name\":\"old/image\",\"tag\":\"1\"}".getBytes(StandardCharsets.UTF_8));
            server.answer("/v2/", "application/json", "{}".getBytes(StandardCharsets.UTF_8));
            Program.Result old = docker.run("pull", server.address() + "/old/image:1");
            assertEquals(1, old.exit());
            assertTrue(old.err().contains("schema 1") && old.err().contains("push it as schema 2"), old.err());
        }
    }

    @Test
    @Tag("conformance")
    void layersOfManyMegabytes_goInPieces() {
        String name = registry.address() + "/formats/large:1";
        String container =
                docker.ok("run", "-d", Busybox.IMAGE, "dd", "if=/dev/urandom", "of=/large", "bs=1M", "count=150");
        docker.ok("wait", container);
        docker.ok("commit", container, name);
        docker.ok("rm", container);
        String sum = docker.ok("run", "--rm", name, "sha256sum", "/large");
        docker.ok("push", name);
        docker.ok("rmi", name);
        docker.ok("pull", name);
        assertEquals(sum, docker.ok("run", "--rm", name, "sha256sum", "/large"));
        docker.ok("rmi", name);
    }
}
