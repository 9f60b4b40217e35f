package dev.priok.build.tree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.core.Digest;
import dev.priok.core.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostTreeTest {
    @TempDir
    Path folder;

    private Path root = Path.of(".");
    private int uid;
    private int gid;

    @BeforeEach
    void plant() throws IOException {
        root = Files.createDirectory(folder.resolve("root"));
        Files.writeString(folder.resolve("secret"), "outside");
        Files.createDirectories(root.resolve("etc/deep"));
        Files.writeString(root.resolve("etc/hosts"), "inside");
        Files.createSymbolicLink(root.resolve("up"), Path.of("../secret"));
        Files.createSymbolicLink(root.resolve("out"), folder.toAbsolutePath());
        Files.createSymbolicLink(root.resolve("abs"), Path.of("/etc"));
        Files.createSymbolicLink(root.resolve("loop"), Path.of("loop"));
        uid = (Integer) Files.getAttribute(root, "unix:uid");
        gid = (Integer) Files.getAttribute(root, "unix:gid");
    }

    private Node file(int permissions) {
        return Node.file(permissions, 1, 1234).withOwner(uid, gid);
    }

    private Node directory(int permissions) {
        return Node.directory(permissions, 77).withOwner(uid, gid);
    }

    private static Content text(String text) {
        return Content.Bytes.of(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void reading_staysInside() throws IOException {
        try (HostTree tree = new HostTree(root)) {
            assertEquals(Optional.of("etc/hosts"), tree.resolve("abs/../etc/./hosts"));
            assertEquals(Optional.of("etc"), tree.resolve("../../abs"));
            for (String path : new String[] {"up", "out/secret", "loop", "none", "etc/hosts/x"}) {
                assertTrue(tree.resolve(path).isEmpty(), path);
                assertTrue(tree.find(path).isEmpty(), path);
                assertTrue(tree.read(path, 100).isEmpty(), path);
            }
            assertArrayEquals(
                    "ins".getBytes(StandardCharsets.UTF_8),
                    tree.read("abs/hosts", 3).orElseThrow());
            assertEquals(List.of("deep", "hosts"), tree.children("etc"));
            assertEquals(Digest.sha256("inside".getBytes(StandardCharsets.UTF_8)), tree.contentDigest("etc/hosts"));
            assertThrows(IOException.class, () -> tree.content("up"));
        }
    }

    @Test
    void writing_staysInside() throws IOException {
        try (HostTree tree = new HostTree(root)) {
            try (TargetDirectory directory = tree.directory("/out/made/here", directory(0750))) {
                directory.file("x", file(0640), text("x"));
            }
            try (TargetDirectory directory = tree.directory("", directory(0755))) {
                directory.file("up", file(0600), text("y"));
            }
        }
        assertFalse(Files.exists(folder.resolve("made")));
        assertEquals("outside", Files.readString(folder.resolve("secret")));
        assertEquals("y", Files.readString(root.resolve("up")));
        assertTrue(Files.isRegularFile(root.resolve("up"), LinkOption.NOFOLLOW_LINKS));
    }

    @Test
    void writing_keepsAttributes() throws IOException {
        try (HostTree tree = new HostTree(root);
                TargetDirectory top = tree.directory("abs/new", directory(0711))) {
            top.file("f", file(04755), text("f"));
            top.file("f", file(0600), text("again"));
            top.special("l", new Node(Node.Type.SYMBOLIC_LINK, 0777, uid, gid, 0, "nowhere", 0, 0, 5, 0, Map.of(), 0));
            try (TargetDirectory sub = top.directory("sub", directory(0500), false)) {
                assertTrue(sub.find("x").isEmpty());
            }
            assertThrows(Failure.class, () -> top.file("sub", file(0600), text("")));
            assertThrows(Failure.class, () -> top.directory("f", directory(0700), true));
            Node f = tree.node("etc/new/f");
            assertEquals(0600, f.permissions());
            assertEquals(1234, f.modifiedSeconds());
            assertEquals("nowhere", tree.node("etc/new/l").linkTarget());
            assertEquals(77, tree.node("etc/new/sub").modifiedSeconds());
            assertEquals(0500, tree.node("etc/new/sub").permissions());
            assertEquals(0711, tree.node("etc/new").permissions());
        }
    }

    @Test
    void link_makesOneFileOfTwoNames() throws IOException {
        try (HostTree tree = new HostTree(root);
                TargetDirectory top = tree.directory("abs/new", directory(0711))) {
            top.file("f", file(0640), text("f"));
            top.link("g", top.realPath() + "/f");
            assertEquals(
                    tree.node("etc/new/f").linkGroup(), tree.node("etc/new/g").linkGroup());
            assertTrue(tree.node("etc/new/f").linkGroup() != 0);
        }
    }

    @Test
    void writing_overAFileFails() throws IOException {
        try (HostTree tree = new HostTree(root)) {
            assertThrows(Failure.class, () -> tree.directory("etc/hosts/x", directory(0700)));
        }
    }

    @Test
    void copying_betweenFiles() throws IOException {
        byte[] big = new byte[3_000_000];
        new Random(3).nextBytes(big);
        Files.write(root.resolve("big"), big);
        try (HostTree tree = new HostTree(root);
                TargetDirectory top = tree.directory("", directory(0755))) {
            try (Content content = tree.content("big")) {
                top.file("copy", file(0644), content);
            }
            try (Content content = tree.content("big")) {
                Content.Whole whole = (Content.Whole) content;
                top.file("part", file(0644), new Content.Range(whole.file(), 1_000_000, 1_500_000));
            }
            assertThrows(IOException.class, () -> {
                try (Content content = tree.content("big")) {
                    top.file("long", file(0644), new Content.Range(((Content.Whole) content).file(), 0, 4_000_000));
                }
            });
        }
        assertArrayEquals(big, Files.readAllBytes(root.resolve("copy")));
        assertArrayEquals(Arrays.copyOfRange(big, 1_000_000, 2_500_000), Files.readAllBytes(root.resolve("part")));
    }

    @Test
    void removeIfEmpty_removesOnlyThat() throws IOException {
        Files.createFile(root.resolve("etc/empty"));
        try (HostTree tree = new HostTree(root)) {
            for (String path : new String[] {"etc/empty", "etc/hosts", "etc", "none", "etc/deep", ""}) {
                tree.removeIfEmpty(path);
            }
        }
        assertFalse(Files.exists(root.resolve("etc/empty")));
        assertFalse(Files.exists(root.resolve("etc/deep")));
        assertTrue(Files.exists(root.resolve("etc/hosts")));
    }
}
