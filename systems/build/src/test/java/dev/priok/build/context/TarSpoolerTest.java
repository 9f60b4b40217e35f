package dev.priok.build.context;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.archive.TarEntry;
import dev.priok.archive.TarWriter;
import dev.priok.build.tree.Content;
import dev.priok.build.tree.HostTree;
import dev.priok.build.tree.Node;
import dev.priok.build.tree.TargetDirectory;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TarSpoolerTest {
    @TempDir
    Path scratch;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final TarWriter tar = new TarWriter(bytes);

    private void file(String path, String text) throws IOException {
        byte[] content = text.getBytes(StandardCharsets.UTF_8);
        tar.put(TarEntry.file(path, 0644, content.length, 9), content);
    }

    private SpooledTree read() throws IOException {
        tar.close();
        return TarSpooler.read(new ByteArrayInputStream(bytes.toByteArray()), "the build context", scratch, false);
    }

    @Test
    void read_namesCannotLeaveTheTree() throws IOException {
        file("../../up.txt", "1");
        file("/abs.txt", "2");
        file("./a/../b/./c.txt", "3");
        tar.put(TarEntry.symbolicLink("link", "/etc", 1));
        file("link/passwd", "4");
        tar.put(TarEntry.hardLink("hard", "/b/c.txt"));
        try (SpooledTree tree = read()) {
            assertEquals(List.of("abs.txt", "b", "hard", "link", "up.txt"), tree.children(""));
            assertTrue(tree.node("link").isDirectory());
            assertEquals(tree.contentDigest("b/c.txt"), tree.contentDigest("hard"));
        }
        try (var left = Files.list(scratch)) {
            assertEquals(0, left.count());
        }
    }

    @Test
    void read_brokenStreamsAreInvalid() throws IOException {
        file("big", "x".repeat(5000));
        tar.close();
        byte[] whole = bytes.toByteArray();
        for (byte[] broken : new byte[][] {
            Arrays.copyOf(whole, 2000),
            "no tar at all, but long enough".repeat(40).getBytes(StandardCharsets.UTF_8)
        }) {
            Failure failure = assertThrows(
                    Failure.class,
                    () -> TarSpooler.read(new ByteArrayInputStream(broken), "the build context", scratch, false));
            assertEquals(Failure.Kind.INVALID, failure.kind());
        }
    }

    @Test
    void read_linkToNothingIsInvalid() throws IOException {
        tar.put(TarEntry.hardLink("hard", "nothing"));
        assertThrows(Failure.class, this::read);
    }

    @Test
    void read_compressedContentsCanBeCopied() throws IOException {
        byte[] big = new byte[700_000];
        new Random(5).nextBytes(big);
        file("small", "small");
        tar.put(TarEntry.file("big", 0600, big.length, 3), big);
        tar.close();
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(bytes.toByteArray());
        }
        Path out = Files.createDirectory(scratch.resolve("out"));
        int uid = (Integer) Files.getAttribute(out, "unix:uid");
        int gid = (Integer) Files.getAttribute(out, "unix:gid");
        try (SpooledTree tree = TarSpooler.read(
                        new ByteArrayInputStream(packed.toByteArray()), "the build context", scratch, false);
                HostTree target = new HostTree(out);
                TargetDirectory directory = target.directory("", Node.directory(0755, 0))) {
            for (String name : tree.children("")) {
                try (Content content = tree.content(name)) {
                    directory.file(name, tree.node(name).withOwner(uid, gid), content);
                }
            }
            assertEquals(Digest.sha256(big), tree.contentDigest("big"));
            assertEquals(Optional.empty(), tree.resolve("x/../big"));
            assertEquals(Optional.of("big"), tree.resolve("./big"));
        }
        assertEquals("small", Files.readString(out.resolve("small")));
        assertEquals(Digest.sha256(big), Digest.sha256(Files.readAllBytes(out.resolve("big"))));
    }

    /** Archives with hostile names and links, some broken: what they are unpacked to stays inside, and nothing else is thrown. */
    @Property(tries = 300)
    void read_neverWritesOutsideItsRoot(
            @ForAll("hostileNames") List<String> names, @ForAll long seed, @ForAll @IntRange(max = 12) int damage)
            throws IOException {
        Path outside = Files.createTempDirectory("spool-");
        try {
            Path root = Files.createDirectories(outside.resolve("in/root"));
            byte[] archive = hostile(names, new Random(seed), damage);
            try (SpooledTree tree =
                            TarSpooler.read(new ByteArrayInputStream(archive), "the build context", root, false);
                    HostTree target = new HostTree(root)) {
                unpack(tree, "", target, owned(root));
            } catch (Failure e) {
                assertEquals(Failure.Kind.INVALID, e.kind());
            }
            try (var all = Files.walk(outside)) {
                List<Path> escaped = all.filter(file -> !file.startsWith(root))
                        .filter(file -> !root.startsWith(file))
                        .toList();
                assertEquals(List.of(), escaped);
            }
        } finally {
            delete(outside);
        }
    }

    private static byte[] hostile(List<String> names, Random random, int damage) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (TarWriter hostile = new TarWriter(out)) {
            for (String name : names) {
                String target = names.get(random.nextInt(names.size()));
                byte[] content = new byte[random.nextInt(2000)];
                switch (random.nextInt(5)) {
                    case 0 -> hostile.put(TarEntry.folder(name, 0755, 1));
                    case 1 -> hostile.put(TarEntry.symbolicLink(name, target, 1));
                    case 2 -> hostile.put(TarEntry.hardLink(name, target));
                    default -> hostile.put(TarEntry.file(name, 0644, content.length, 1), content);
                }
            }
        }
        byte[] bytes = out.toByteArray();
        for (int i = 0; i < damage; i++) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        return damage % 3 == 2 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
    }

    /** A directory of whoever runs the test. */
    private static Node owned(Path folder) throws IOException {
        return Node.directory(0755, 0).withOwner((Integer) Files.getAttribute(folder, "unix:uid"), (Integer)
                Files.getAttribute(folder, "unix:gid"));
    }

    private static void unpack(SpooledTree tree, String path, HostTree target, Node template) throws IOException {
        for (String name : tree.children(path)) {
            String child = path.isEmpty() ? name : path + "/" + name;
            Node node = tree.node(child);
            if (node.isDirectory()) {
                target.directory(child, template).close();
                unpack(tree, child, target, template);
            } else if (node.isRegular()) {
                try (TargetDirectory directory = target.directory(path, template);
                        Content content = tree.content(child)) {
                    directory.file(name, node.withOwner(template.uid(), template.gid()), content);
                }
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (var all = Files.walk(folder)) {
            for (Path file : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Provide
    Arbitrary<List<String>> hostileNames() {
        return Arbitraries.of(
                        "a", "b", "..", ".", "etc", "passwd", "", "/", "../../out", "a/b", "\u00fc", "x".repeat(150))
                .list()
                .ofMinSize(1)
                .ofMaxSize(4)
                .map(parts -> String.join("/", parts))
                .filter(name -> !name.isEmpty())
                .list()
                .ofMinSize(1)
                .ofMaxSize(12);
    }

    @Test
    void read_emptyStreamIsAnEmptyTree() throws IOException {
        try (SpooledTree tree =
                TarSpooler.read(new ByteArrayInputStream(new byte[0]), "the build context", scratch, false)) {
            assertEquals(List.of(), tree.children(""));
        }
    }
}
