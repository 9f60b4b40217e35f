package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Other people's clients, unmodified, push to our registry and pull from it, where it is open and plain and where it wants TLS and
 * a password. Those that are not installed are left out, which is said.
 */
class RegistryClientsTest {
    @TempDir
    static Path folder;

    private static ServedRegistry open;
    private static ServedRegistry closed;

    @BeforeAll
    static void start() throws IOException {
        open = ServedRegistry.open(folder.resolve("open"));
        closed = ServedRegistry.closed(folder.resolve("closed"));
        layout(folder.resolve("image"));
        Files.writeString(folder.resolve("auth.json"), "{}");
    }

    @AfterAll
    static void stop() {
        Stream.of(open, closed).filter(java.util.Objects::nonNull).forEach(ServedRegistry::close);
    }

    private static ServedRegistry registry(boolean secure) {
        return secure ? closed : open;
    }

    private static void assumeInstalled(String tool) {
        boolean installed = Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, tool)));
        if (!installed) {
            System.out.println(
                    "registry clients: " + tool + " is not installed: left out (apt-get install " + tool + ")");
        }
        assumeTrue(installed, tool + " is not installed");
    }

    private static Program.Result run(String... command) {
        return Program.run(
                Map.of("REGISTRY_AUTH_FILE", folder.resolve("auth.json").toString()), new byte[0], List.of(command));
    }

    /** How skopeo, podman and buildah are told whom to trust and who they are. */
    private static List<String> access(ServedRegistry registry, String side) {
        return registry.isClosed()
                ? List.of(
                        "--" + side + "cert-dir",
                        registry.trust(),
                        "--" + side + "creds",
                        ServedRegistry.USER + ":" + ServedRegistry.PASSWORD)
                : List.of("--" + side + "tls-verify=false");
    }

    private static String[] line(List<String> first, List<String> options, String... last) {
        List<String> all = new ArrayList<>(first);
        all.addAll(options);
        all.addAll(List.of(last));
        return all.toArray(new String[0]);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void skopeo(boolean secure) throws IOException {
        assumeInstalled("skopeo");
        ServedRegistry registry = registry(secure);
        String name = "docker://" + registry.address() + "/clients/skopeo";
        String image = "oci:" + folder.resolve("image") + ":v1";
        run(line(List.of("skopeo", "copy", "--preserve-digests"), access(registry, "dest-"), image, name + ":v1"))
                .ok();
        Path back = folder.resolve("skopeo-" + secure);
        run(line(
                        List.of("skopeo", "copy", "--preserve-digests"),
                        access(registry, "src-"),
                        name + ":v1",
                        "oci:" + back + ":v1"))
                .ok();
        assertEquals(blobs(folder.resolve("image")), blobs(back));
        assertTrue(run(line(List.of("skopeo", "list-tags"), access(registry, ""), name))
                .ok()
                .out()
                .contains("\"v1\""));
        run(line(List.of("skopeo", "delete"), access(registry, ""), name + ":v1"))
                .ok();
        assertNotEquals(
                0,
                run(line(List.of("skopeo", "inspect"), access(registry, ""), name + ":v1"))
                        .exit());
    }

    @ParameterizedTest
    @ValueSource(strings = {"skopeo"})
    void aWrongPassword_isRefused(String tool) {
        assumeInstalled(tool);
        Program.Result refused = run(
                "skopeo",
                "copy",
                "--dest-cert-dir",
                closed.trust(),
                "--dest-creds",
                "ann:guess",
                "oci:" + folder.resolve("image") + ":v1",
                "docker://" + closed.address() + "/clients/refused:v1");
        assertNotEquals(0, refused.exit());
        assertTrue(refused.err().contains("authentication") || refused.err().contains("unauthorized"), refused.err());
    }

    @Test
    void anApiKey_isAPasswordUntilItIsRevoked() {
        assumeInstalled("skopeo");
        String key = keys("create", "--label", "ci", "--days", "1").line();
        String[] ping = {
            "skopeo",
            "login",
            "--cert-dir",
            closed.trust(),
            "--username",
            ServedRegistry.USER,
            "--password",
            key,
            closed.address()
        };
        run(ping).ok();
        String listed = keys("ls").out();
        assertTrue(listed.contains("ci") && !listed.contains(key), listed);
        keys("rm", listed.lines().toList().get(1).split(" ")[0]);
        assertNotEquals(0, run(ping).exit());
    }

    /** {@code priok registry key} as its launcher starts it. */
    private static Program.Result keys(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.priok.daemon.RegistryMain",
                "key"));
        command.addAll(List.of(arguments));
        command.addAll(List.of(
                "--registry",
                "https://" + closed.address(),
                "--tls-ca",
                closed.trust() + "/ca.crt",
                "--user",
                ServedRegistry.USER,
                "--password-stdin"));
        return Program.run(Map.of(), ServedRegistry.PASSWORD.getBytes(StandardCharsets.UTF_8), command)
                .ok();
    }

    @Tag("conformance")
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void podman(boolean secure) throws IOException {
        assumeInstalled("podman");
        storedLocally("podman", secure, "import");
    }

    @Tag("conformance")
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void buildah(boolean secure) throws IOException {
        assumeInstalled("buildah");
        storedLocally("buildah", secure, "from");
    }

    /** What podman and buildah have in common: a store of their own, from which is pushed and into which is pulled. */
    private void storedLocally(String tool, boolean secure, String how) throws IOException {
        ServedRegistry registry = registry(secure);
        Path store = Files.createDirectories(folder.resolve(tool + secure));
        List<String> program = List.of(
                tool,
                "--root",
                store.resolve("root").toString(),
                "--runroot",
                store.resolve("run").toString(),
                "--storage-driver",
                "vfs");
        String name = registry.address() + "/clients/" + tool + ":v1";
        String made;
        if (how.equals("import")) {
            Path tar = Files.write(store.resolve("root.tar"), Busybox.archive());
            made = run(line(program, List.of("import"), tar.toString(), name))
                    .ok()
                    .line();
        } else {
            String container =
                    run(line(program, List.of("from"), "scratch")).ok().line();
            Path file = Files.writeString(store.resolve("hello"), "hello");
            run(line(program, List.of("copy"), container, file.toString(), "/hello"))
                    .ok();
            made = run(line(program, List.of("commit"), container, name)).ok().line();
            run(line(program, List.of("rm"), container)).ok();
        }
        run(line(line(program, List.of("push")), access(registry, ""), name)).ok();
        run(line(program, List.of("rmi"), name)).ok();
        String pulled = run(line(line(program, List.of("pull")), access(registry, ""), name))
                .ok()
                .line();
        assertEquals(id(made), id(pulled));
        run(line(program, List.of("rmi"), name)).ok();
    }

    private static String[] line(String[] first, List<String> options, String... last) {
        return line(List.of(first), options, last);
    }

    private static String[] line(List<String> first, List<String> options) {
        return line(first, options, new String[0]);
    }

    /** Podman writes an image's id with or without the algorithm. */
    private static String id(String text) {
        String last = text.lines().reduce("", (_, line) -> line);
        return last.substring(last.indexOf(':') + 1).strip();
    }

    /** Digests of the blobs of a layout. */
    private static List<String> blobs(Path layout) throws IOException {
        try (Stream<Path> files = Files.list(layout.resolve("blobs/sha256"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** An OCI layout of one image with one layer. */
    private static void layout(Path layout) throws IOException {
        Path blobs = Files.createDirectories(layout.resolve("blobs/sha256"));
        byte[] tar = Busybox.archive();
        String layer = blob(blobs, tar);
        byte[] config = """
                {"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}""".formatted(layer).getBytes(StandardCharsets.UTF_8);
        byte[] manifest = """
                {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",\
                "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:%s","size":%d},\
                "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"sha256:%s","size":%d}]}""".formatted(blob(blobs, config), config.length, layer, tar.length)
                .getBytes(StandardCharsets.UTF_8);
        Files.writeString(layout.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
        Files.writeString(layout.resolve("index.json"), """
                {"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json",\
                "digest":"sha256:%s","size":%d,"annotations":{"org.opencontainers.image.ref.name":"v1"}}]}""".formatted(blob(blobs, manifest), manifest.length));
    }

    private static String blob(Path blobs, byte[] bytes) throws IOException {
        try {
            String digest = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
            Files.write(blobs.resolve(digest), bytes);
            return digest;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
