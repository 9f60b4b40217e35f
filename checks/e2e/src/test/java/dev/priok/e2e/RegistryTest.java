package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** The registry inside the daemon, by docker's command: push, pull, build from what only the registry has. */
@EnabledIf("isRoot")
class RegistryTest {
    private static TestDaemon daemon;
    private static String registry;

    static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    @BeforeAll
    static void start() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        registry = "127.0.0.1:" + port;
        daemon = TestDaemon.start("--registry", registry);
        Busybox.into(daemon.docker());
    }

    @AfterAll
    static void stop() {
        if (daemon != null) {
            daemon.close();
        }
    }

    private static Program.Result docker(String... arguments) {
        return daemon.docker().run(arguments);
    }

    /** Pushes the base image under a name, and removes it from the daemon. */
    private static String push(String name) {
        String whole = registry + "/" + name;
        docker("tag", Busybox.IMAGE, whole).ok();
        assertTrue(docker("push", whole).ok().out().contains("digest: sha256:"));
        docker("rmi", whole).ok();
        return whole;
    }

    @Test
    void whatWasPushedIsPulledAndRuns() {
        String name = push("team/base:1");
        assertNotEquals(0, docker("image", "inspect", name).exit());
        assertTrue(docker("pull", name).ok().out().contains("Status: Downloaded newer image for " + name));
        assertTrue(docker("pull", name).ok().out().contains("Status: Image is up to date for " + name));
        assertEquals("ran", docker("run", "--rm", name, "echo", "ran").ok().line());
    }

    @Test
    void volumesAreBackedUpAndRestored() {
        docker("run", "--rm", "-v", "kept:/v", Busybox.IMAGE, "sh", "-c", "echo text > /v/f; chown 8:9 /v/f")
                .ok();
        Docker priok = daemon.priok();
        String digest = priok.ok("volume", "backup", "--to", registry + "/backups/kept:1", "kept");
        assertTrue(digest.startsWith("sha256:"), digest);
        docker("volume", "rm", "kept").ok();
        for (String reference : new String[] {":1", "@" + digest}) {
            assertEquals(
                    "again", priok.ok("volume", "restore", "--from", registry + "/backups/kept" + reference, "again"));
            assertEquals(
                    "text 8:9",
                    docker(
                                    "run",
                                    "--rm",
                                    "-v",
                                    "again:/v",
                                    Busybox.IMAGE,
                                    "sh",
                                    "-c",
                                    "echo $(cat /v/f) $(stat -c %u:%g /v/f)")
                            .ok()
                            .line());
        }
        String image = push("team/image:1");
        Program.Result wrong = priok.run("volume", "restore", "--from", image, "other");
        assertTrue(wrong.err().contains("is no backup of a volume"), wrong.err());
        assertNotEquals(0, docker("volume", "inspect", "other").exit());
    }

    @Test
    void aBuildBringsItsBaseImage(@TempDir Path context) throws IOException {
        String name = push("base:2");
        Files.writeString(context.resolve("Dockerfile"), "FROM " + name + "\nRUN echo built > /made\n");
        docker("build", "-t", "made", context.toString()).ok();
        assertEquals("built", docker("run", "--rm", "made", "cat", "/made").ok().line());
    }

    @Test
    void aBaseImageThatIsNowhereIsNamed(@TempDir Path context) throws IOException {
        Files.writeString(context.resolve("Dockerfile"), "FROM " + registry + "/absent:1\n");
        Program.Result refused = docker("build", context.toString());
        assertNotEquals(0, refused.exit());
        assertTrue((refused.out() + refused.err()).contains("absent"), refused.err());
    }

    @Test
    void aPushSurvivesTheDaemon() throws IOException {
        String name = push("kept:3");
        daemon.kill();
        daemon.launch();
        docker("pull", name).ok();
        assertEquals("kept", docker("run", "--rm", name, "echo", "kept").ok().line());
    }
}
