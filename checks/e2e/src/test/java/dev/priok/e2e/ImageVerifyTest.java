package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.e2e.RegistryHost.Guard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code priok image verify} on damage that was done to the store, its repair from a registry, and the tree of names. */
@ExtendWith(SharedDaemon.class)
class ImageVerifyTest {
    private static final Pattern DIGEST = Pattern.compile("sha256:([0-9a-f]{64})");

    @TempDir
    static Path shared;

    private static Docker docker;
    private static Docker priok;

    @BeforeAll
    static void start() {
        docker = SharedDaemon.get().docker();
        priok = SharedDaemon.get().priok();
    }

    /** Makes an image with a layer of its own. */
    private static void make(String name) {
        String container = docker.ok("run", "-d", Busybox.IMAGE, "sh", "-c", "head -c 9999 /dev/urandom > /own");
        docker.ok("wait", container);
        docker.ok("commit", container, name);
        docker.ok("rm", container);
    }

    private static Path blob(String hex) {
        return SharedDaemon.get().dataRoot().resolve("content/blobs/sha256").resolve(hex);
    }

    /** The last digest of a manifest is that of the topmost layer. */
    private static String topLayer(String name) {
        Matcher digests = DIGEST.matcher(docker.ok("manifest", "inspect", "--insecure", name));
        String last = "";
        while (digests.find()) {
            last = digests.group(1);
        }
        return last;
    }

    @Test
    void verify_findsDamageAndRepairsItFromTheRegistry() throws IOException {
        RegistryHost registry = RegistryHost.ours("127.0.0.1", shared, Guard.NONE);
        try {
            verify(registry);
        } finally {
            registry.close();
        }
    }

    private static void verify(RegistryHost registry) throws IOException {
        String name = registry.address() + "/team/verified:1";
        make(name);
        String pushed = docker.ok("push", name);
        docker.ok("rmi", name);
        docker.ok("pull", name);
        assertEquals(
                "image " + name + " is intact",
                priok.ok("image", "verify", name).lines().toList().getLast());

        String top = topLayer(name);
        Path layer = blob(top);
        // A pulled blob comes to its place once it is on disk.
        Await.until(() -> Files.exists(layer));
        byte[] whole = Files.readAllBytes(layer);
        byte[] bytes = whole.clone();
        bytes[bytes.length / 2] ^= 1;
        Files.write(layer, bytes);
        Matcher manifest = Pattern.compile("digest: sha256:([0-9a-f]{64})").matcher(pushed);
        assertTrue(manifest.find(), pushed);
        Files.delete(blob(manifest.group(1)));

        Program.Result found = priok.run("image", "verify", name);
        assertEquals(1, found.exit(), found.out());
        assertTrue(found.out().contains("blob sha256:" + top + " is missing or damaged"), found.out());
        assertTrue(
                found.out().contains("manifest sha256:" + manifest.group(1) + " is missing or damaged"), found.out());
        assertTrue(found.err().contains("image " + name + " is damaged: 2 problems"), found.err());

        Program.Result repaired = priok.run("image", "verify", "--repair", name).ok();
        assertTrue(repaired.out().contains("repaired blob sha256:" + top), repaired.out());
        assertTrue(repaired.out().contains("repaired manifest sha256:" + manifest.group(1)), repaired.out());
        assertArrayEquals(whole, Files.readAllBytes(layer));
        assertEquals("", priok.run("image", "verify", "-q", name).ok().err());

        registry.close();
        Files.delete(layer);
        Program.Result refused = priok.run("image", "verify", "--repair", name);
        assertEquals(1, refused.exit(), refused.out());
        assertTrue(refused.err().contains(registry.address()), refused.err());
        docker.ok("rmi", name);
        assertTrue(priok.run("image", "verify", "no-such-image").err().contains("No such image: no-such-image"));
    }

    @Test
    void tree_showsNamesBelowTheirImage() {
        make("branch/one:1");
        docker.ok("tag", "branch/one:1", "branch/two:2");
        try {
            String id = docker.ok("images", "-q", "branch/one:1");
            List<String> lines =
                    priok.ok("image", "ls", "--tree", "branch/*").lines().toList();
            assertEquals(3, lines.size(), lines.toString());
            assertTrue(lines.get(0).matches("IMAGE +ID +DISK USAGE +SHARED +IN USE *"), lines.getFirst());
            assertTrue(lines.get(1).startsWith("branch/one:1 "), lines.get(1));
            assertTrue(lines.get(1).contains(id), lines.get(1));
            assertTrue(lines.get(2).startsWith("\u2514\u2500 branch/two:2"), lines.get(2));
            Program.Result both = priok.run("image", "ls", "--tree", "-q");
            assertEquals(1, both.exit());
            assertTrue(both.err().contains("--tree is not compatible with"), both.err());
        } finally {
            docker.ok("rmi", "branch/one:1", "branch/two:2");
        }
    }
}
