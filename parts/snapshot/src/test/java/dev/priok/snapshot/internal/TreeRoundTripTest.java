package dev.priok.snapshot.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.priok.archive.TarEntry;
import dev.priok.archive.TarWriter;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.OpenFlag;
import dev.priok.snapshot.TarBytes;
import dev.priok.snapshot.Tree;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeRoundTripTest {
    record Node(String name, int kind, int mode, int size) {}

    @TempDir
    Path temp;

    private static final int UID = id("unix:uid");
    private static final int GID = id("unix:gid");

    private static int id(String attribute) {
        try {
            return (int) Files.getAttribute(Path.of("/proc/self"), attribute);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Provide
    Arbitrary<Map<String, Node>> trees() {
        Arbitrary<String> part = Arbitraries.of("a", "b", "c", "Ü", "caf\uDCE9", "n".repeat(120));
        Arbitrary<String> name = part.list().ofMinSize(1).ofMaxSize(4).map(parts -> String.join("/", parts));
        Arbitrary<Node> node = Combinators.combine(
                        name,
                        Arbitraries.integers().between(0, 4),
                        Arbitraries.integers().between(0, 0777),
                        Arbitraries.of(0, 1, 511, 512, 5000, 300_000))
                .as(Node::new);
        return node.list().ofMaxSize(12).map(nodes -> {
            Map<String, Node> tree = new TreeMap<>();
            nodes.forEach(n -> tree.put(n.name(), n));
            return tree;
        });
    }

    /** A tar in the order that the packer writes, whose members all fit together. */
    private static byte[] tar(Map<String, Node> tree) throws IOException {
        Map<String, Node> whole = new TreeMap<>(tree);
        for (String name : tree.keySet()) {
            int slash = name.lastIndexOf('/');
            while (slash > 0) {
                String folder = name.substring(0, slash);
                whole.put(folder, new Node(folder, 0, 0755, 0));
                slash = name.lastIndexOf('/', slash - 1);
            }
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarWriter tar = new TarWriter(bytes)) {
            write(tar, whole, "");
        }
        return bytes.toByteArray();
    }

    private static void write(TarWriter tar, Map<String, Node> tree, String prefix) throws IOException {
        for (Map.Entry<String, Node> child : tree.entrySet()) {
            String name = child.getKey();
            if (!name.startsWith(prefix) || name.indexOf('/', prefix.length()) >= 0 || name.equals(prefix)) {
                continue;
            }
            Node node = child.getValue();
            switch (node.kind()) {
                case 0 -> {
                    // The owner must be able to enter.
                    tar.put(own(TarEntry.folder(name, node.mode() | 0700, 7)));
                    write(tar, tree, name + "/");
                }
                case 1 -> tar.put(own(TarEntry.symbolicLink(name, "t" + node.size(), 8)));
                case 2 -> tar.put(own(fifo(name, node.mode())));
                default -> {
                    byte[] content = new byte[node.size()];
                    java.util.Arrays.fill(content, (byte) node.mode());
                    tar.put(own(TarEntry.file(name, node.mode() | 0400, content.length, 9)), content);
                }
            }
        }
    }

    private static TarEntry own(TarEntry entry) {
        return entry.withOwner(UID, GID);
    }

    private static TarEntry fifo(String name, int mode) {
        return new TarEntry(name, TarEntry.Type.FIFO, mode, 0, 0, 0, 5, 0, "", 0, 0, Collections.emptySortedMap());
    }

    private static byte[] pack(Path folder) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (Fd root = FileCalls.host().open(folder.toString(), OpenFlag.RDONLY | OpenFlag.DIRECTORY);
                LayerMarks marks = new LayerMarks(() -> new Tree(root.duplicate()));
                TarWriter tar = new TarWriter(bytes)) {
            new TreePacker(tar, marks).packContents(root, "");
        }
        return bytes.toByteArray();
    }

    private static void unpack(byte[] tar, Path folder) throws IOException {
        try (Fd root = FileCalls.host().open(folder.toString(), OpenFlag.RDONLY | OpenFlag.DIRECTORY)) {
            new LayerUnpacker().unpack(new ByteArrayInputStream(tar), root);
        }
    }

    @Property(tries = 150)
    void pack_whatWasUnpacked_isTheSameTar(@ForAll("trees") Map<String, Node> tree) throws IOException {
        byte[] tar = tar(tree);
        Path folder = Files.createTempDirectory("priok-round-trip");
        try {
            unpack(tar, folder);
            assertEquals(TarBytes.names(tar), TarBytes.names(pack(folder)));
            assertArrayEquals(tar, pack(folder));
        } finally {
            try (Fd parent = FileCalls.host().open(folder.getParent().toString(), OpenFlag.PATH | OpenFlag.DIRECTORY)) {
                new TreeRemoval().remove(parent, folder.getFileName().toString());
            }
        }
    }

    @Test
    void pack_marks_becomeWhiteouts() throws IOException {
        unpack(
                new TarBytes()
                        .folder("d")
                        .file("d/.wh..wh..opq", "")
                        .file("d/.wh.x", "")
                        .file("d/f", "1")
                        .hardLink("e", "d/f")
                        .bytes(),
                temp);
        assertEquals(List.of("d/", "d/.wh..wh..opq", "d/.wh.x", "d/f", "e -> d/f"), TarBytes.names(pack(temp)));
    }

    @Test
    void remove_deepTree_needsNoDeepStack() throws IOException {
        try (Fd top = FileCalls.host().open(temp.toString(), OpenFlag.RDONLY | OpenFlag.DIRECTORY)) {
            FileCalls.host().mkdir(top, "deep", 0755);
            Fd at = FileCalls.host().openChild(top, "deep", OpenFlag.PATH | OpenFlag.DIRECTORY, 0);
            for (int i = 0; i < 3000; i++) {
                FileCalls.host().mkdir(at, "x", 0755);
                Fd next = FileCalls.host().openChild(at, "x", OpenFlag.PATH | OpenFlag.DIRECTORY, 0);
                at.close();
                at = next;
            }
            at.close();
            new TreeRemoval().remove(top, "deep");
            assertEquals(List.of(), FileCalls.host().list(top));
        }
    }
}
