package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import at.favre.lib.crypto.bcrypt.BCrypt;
import dev.priok.e2e.RegistryHost.Guard;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Registries as docker's command uses them through the daemon: logins, tokens, TLS, mirrors, proxies; ours and Debian's. */
@EnabledIf("isRoot")
class RegistryClientTest {
    private static final String USER = "ada";
    private static final String PASSWORD = "s3cret word";

    /** The least that is taken: a test's password is no secret. */
    private static final int BCRYPT_COST = 4;

    @TempDir
    static Path shared;

    private static Path certificates;
    private static Path users;
    private static TestDaemon daemon;
    private static ForwardProxy proxy;
    private static RegistryHost mirror;
    /** Of registries at the daemon's address, for which keytool needs a second. */
    private static TestCertificate server;

    @TempDir
    Path folder;

    private Docker docker;
    private RegistryHost registry;

    static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    @BeforeAll
    static void start() throws IOException {
        certificates = Files.createDirectories(shared.resolve("certs.d"));
        users = Files.writeString(
                shared.resolve("users"),
                USER + ":"
                        + BCrypt.with(BCrypt.Version.VERSION_2Y).hashToString(BCRYPT_COST, PASSWORD.toCharArray())
                        + "\n");
        mirror = RegistryHost.ours("127.0.0.1", shared.resolve("mirror"), Guard.NONE);
        proxy = ForwardProxy.start();
        daemon = TestDaemon.start(
                "--registry-certs",
                certificates.toString(),
                "--registry-mirror",
                "http://" + mirror.address(),
                "--insecure-registry",
                "plain.test:5000",
                "--insecure-registry",
                "secure.test:5000",
                "--http-proxy",
                proxy.uri(),
                "--https-proxy",
                proxy.uri(),
                "--no-proxy",
                "10.0.0.0/8");
        Busybox.into(daemon.docker());
        server = TestCertificate.make(shared, "server", outside());
    }

    @AfterAll
    static void stop() throws IOException {
        if (daemon != null) {
            daemon.close();
        }
        if (mirror != null) {
            mirror.close();
        }
        if (proxy != null) {
            proxy.close();
        }
    }

    @BeforeEach
    void login() {
        Map<String, String> environment = new HashMap<>(daemon.docker().environment());
        environment.put("DOCKER_CONFIG", folder.resolve("config").toString());
        docker = new Docker(daemon.docker().program(), environment);
    }

    @AfterEach
    void close() {
        if (registry != null) {
            registry.close();
        }
    }

    private static String outside() {
        return TestNetwork.of(daemon.root()).gateway();
    }

    /** Pushes two tags, pulls one and then all, and runs it. */
    private void pushAndPull() {
        String name = registry.address() + "/team/tool";
        docker.ok("tag", Busybox.IMAGE, name + ":1");
        docker.ok("tag", Busybox.IMAGE, name + ":2");
        String id = docker.ok("image", "inspect", "-f", "{{.Id}}", name + ":1");
        assertTrue(docker.ok("push", name + ":1").contains("digest: sha256:"));
        docker.ok("push", "--all-tags", name);
        docker.ok("rmi", name + ":1", name + ":2");
        assertTrue(docker.ok("pull", name + ":1").contains("Status: Downloaded newer image for " + name + ":1"));
        assertNotEquals(0, docker.run("image", "inspect", name + ":2").exit());
        docker.ok("pull", "--all-tags", name);
        assertEquals(id, docker.ok("image", "inspect", "-f", "{{.Id}}", name + ":2"));
        assertEquals("ran", docker.ok("run", "--rm", name + ":2", "echo", "ran"));
        docker.ok("rmi", name + ":1", name + ":2");
    }

    private void refusedWithoutLogin() {
        String name = registry.address() + "/team/tool:1";
        Program.Result refused = docker.run("pull", name);
        assertEquals(1, refused.exit());
        assertTrue(
                refused.err().contains("pull access denied for " + registry.address() + "/team/tool"), refused.err());
        docker.ok("tag", Busybox.IMAGE, name);
        Program.Result unsent = docker.run("push", name);
        docker.ok("rmi", name);
        assertEquals(1, unsent.exit());
        assertTrue((unsent.err() + unsent.out()).contains("auth"), unsent.err() + unsent.out());
    }

    private void loginUseLogout() {
        refusedWithoutLogin();
        Program.Result wrong = docker.feed("not the word", "login", "-u", USER, "--password-stdin", registry.address());
        assertEquals(1, wrong.exit());
        assertTrue(wrong.err().contains("nauthorized"), wrong.err());
        assertTrue(docker.feed(PASSWORD, "login", "-u", USER, "--password-stdin", registry.address())
                .ok()
                .out()
                .contains("Login Succeeded"));
        pushAndPull();
        docker.ok("logout", registry.address());
        refusedWithoutLogin();
    }

    @Test
    void basicLogin() {
        registry = RegistryHost.ours("127.0.0.1", folder, Guard.NONE.withUsers(users));
        loginUseLogout();
    }

    @Test
    @Tag("conformance")
    void basicLogin_debian() {
        registry = RegistryHost.debian("127.0.0.1", folder, Guard.NONE.withUsers(users));
        loginUseLogout();
    }

    @Test
    @Tag("conformance")
    void anonymous_debian() {
        registry = RegistryHost.debian("127.0.0.1", folder, Guard.NONE);
        pushAndPull();
    }

    @Test
    void tokens_andIdentityTokens() throws IOException {
        registry = RegistryHost.ours(
                "127.0.0.1", folder, Guard.NONE.withUsers(users).withTokens());
        loginUseLogout();
        docker.feed(PASSWORD, "login", "-u", USER, "--password-stdin", registry.address())
                .ok();
        String config = Files.readString(folder.resolve("config/config.json"));
        assertTrue(config.contains("identitytoken"), config);
        assertFalse(config.contains(PASSWORD), config);
    }

    @Test
    void certificatesOfAuthorities() throws IOException {
        registry = RegistryHost.ours(outside(), folder, Guard.NONE.withTls(server));
        tlsNeedsTheAuthority(server);
    }

    @Test
    @Tag("conformance")
    void certificatesOfAuthorities_debian() throws IOException {
        registry = RegistryHost.debian(outside(), folder, Guard.NONE.withTls(server));
        tlsNeedsTheAuthority(server);
    }

    private void tlsNeedsTheAuthority(TestCertificate theirs) throws IOException {
        Program.Result refused = docker.run("pull", registry.address() + "/team/tool:1");
        assertEquals(1, refused.exit());
        assertTrue(refused.err().contains("certificate signed by unknown authority"), refused.err());
        trust(theirs);
        pushAndPull();
    }

    private Path trust(TestCertificate theirs) throws IOException {
        Path known = Files.createDirectories(certificates.resolve(registry.address()));
        Files.copy(theirs.certificate(), known.resolve("ca.crt"));
        return known;
    }

    @Test
    void certificatesOfClients() throws IOException {
        TestCertificate client = TestCertificate.make(folder, USER, outside());
        registry = RegistryHost.ours(
                outside(), folder, Guard.NONE.withUsers(users).withTls(server).withClients(client));
        tlsNeedsTheClient(server, client);
    }

    @Test
    @Tag("conformance")
    void certificatesOfClients_debian() throws IOException {
        TestCertificate client = TestCertificate.make(folder, USER, outside());
        registry = RegistryHost.debian(
                outside(), folder, Guard.NONE.withTls(server).withClients(client));
        tlsNeedsTheClient(server, client);
    }

    private void tlsNeedsTheClient(TestCertificate theirs, TestCertificate client) throws IOException {
        Path known = trust(theirs);
        assertEquals(1, docker.run("pull", registry.address() + "/team/tool:1").exit());
        // Also what is put there while the daemon runs counts.
        Files.copy(client.certificate(), known.resolve("client.cert"));
        Program.Result keyless = docker.run("pull", registry.address() + "/team/tool:1");
        assertTrue(keyless.err().contains("missing key"), keyless.err());
        Files.copy(client.key(), known.resolve("client.key"));
        pushAndPull();
    }

    @Test
    void withoutTls_onlyWhereAllowed() {
        registry = RegistryHost.ours(outside(), folder, Guard.NONE);
        Program.Result refused = docker.run("pull", registry.address() + "/team/tool:1");
        assertEquals(1, refused.exit());
        assertTrue(refused.err().contains("server gave HTTP response to HTTPS client"), refused.err());
    }

    @Test
    void insecureRegistries_byRange() throws IOException {
        try (TestDaemon careless = TestDaemon.start("--insecure-registry", "10.0.0.0/8")) {
            String host = TestNetwork.of(careless.root()).gateway();
            docker = careless.docker();
            Busybox.into(docker);
            registry = RegistryHost.ours(host, folder.resolve("plain"), Guard.NONE);
            pushAndPull();
            registry.close();
            registry = RegistryHost.ours(host, folder.resolve("tls"), Guard.NONE.withTls(server));
            pushAndPull();
        }
    }

    @Test
    void mirror_standsInForTheHub() {
        String seed = mirror.address() + "/library/seldom:1";
        docker.ok("tag", Busybox.IMAGE, seed);
        docker.ok("push", seed);
        docker.ok("rmi", seed);
        long begun = System.nanoTime();
        assertTrue(docker.ok("pull", "seldom:1").contains("Status: Downloaded newer image for seldom:1"));
        assertTrue(Duration.ofNanos(System.nanoTime() - begun).toSeconds() < 10, "the hub was waited for");
        docker.ok("rmi", "seldom:1");
    }

    @Test
    void proxy_isUsedForNamesItAloneKnows() throws IOException {
        registry = RegistryHost.ours("127.0.0.1", folder, Guard.NONE);
        proxy.reach("plain.test:5000", registry.address());
        String name = "plain.test:5000/team/tool:1";
        docker.ok("tag", Busybox.IMAGE, name);
        docker.ok("push", name);
        docker.ok("rmi", name);
        docker.ok("pull", name);
        docker.ok("rmi", name);
        assertTrue(proxy.seen().contains("http plain.test:5000"), proxy.seen().toString());
        assertTrue(proxy.strangers().isEmpty(), "came without the proxy's password: " + proxy.strangers());
        registry.close();
        registry = RegistryHost.ours("127.0.0.1", folder.resolve("tls"), Guard.NONE.withTls(server));
        proxy.reach("secure.test:5000", registry.address());
        String secure = "secure.test:5000/team/tool:1";
        docker.ok("tag", Busybox.IMAGE, secure);
        docker.ok("push", secure);
        docker.ok("rmi", secure);
        assertTrue(proxy.seen().contains("https secure.test:5000"), proxy.seen().toString());
    }

    @Test
    void search_asksTheRegistry() {
        String answer = """
                {"num_results":2,"query":"tool","results":[
                {"name":"team/tool","description":"does it","star_count":7,"is_official":true,"is_automated":false},
                {"name":"other/tool","description":"","star_count":0,"is_official":false,"is_automated":false}]}
                """;
        try (PlainServer server = new PlainServer()) {
            server.answer("/v1/search?q=tool&", "application/json", answer.getBytes(StandardCharsets.UTF_8));
            server.answer("/v2/", "application/json", new byte[0]);
            String host = server.address();
            String found = docker.ok("search", "--format", "{{.Name}} {{.StarCount}} {{.IsOfficial}}", host + "/tool");
            assertTrue(found.contains("team/tool 7 [OK]") || found.contains("team/tool 7 true"), found);
            assertTrue(found.contains("other/tool 0"), found);
            String starred = docker.ok("search", "--filter", "stars=3", "--format", "{{.Name}}", host + "/tool");
            assertFalse(starred.contains("other/tool"), starred);
        }
    }

    @Test
    void unreachable_saysSoAtOnce() {
        long begun = System.nanoTime();
        Program.Result refused = docker.run("pull", "127.0.0.1:1/nobody/home:1");
        assertEquals(1, refused.exit());
        assertTrue(refused.err().contains("connection refused"), refused.err());
        Program.Result unknown = docker.run("pull", "no-such-host.invalid/nobody/home:1");
        assertEquals(1, unknown.exit());
        assertTrue(Duration.ofNanos(System.nanoTime() - begun).toSeconds() < 15, "took too long");
        assertFalse(daemon.log().contains("\tat "), daemon.log());
    }
}
