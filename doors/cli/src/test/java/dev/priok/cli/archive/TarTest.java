package dev.priok.cli.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TarTest {
    @TempDir
    private Path folder;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final TarWriter tar = new TarWriter(bytes);

    private static TarEntry entry(String name, TarEntry.Kind kind, String link, long size) {
        return new TarEntry(name, kind, 0755, 1, 2, size, 1_700_000_000, link);
    }

    private void file(String name, String content) throws IOException {
        byte[] text = content.getBytes(StandardCharsets.UTF_8);
        tar.write(entry(name, TarEntry.Kind.FILE, "", text.length), new ByteArrayInputStream(text));
    }

    private TarReader reader() throws IOException {
        tar.close();
        assertEquals(0, bytes.size() % 512);
        return new TarReader(new ByteArrayInputStream(bytes.toByteArray()));
    }

    private void unpack() throws IOException {
        tar.close();
        new Unpacker(folder, false).unpack(new ByteArrayInputStream(bytes.toByteArray()), name -> name);
    }

    @Test
    void read_whatWasWritten_isTheSame() throws IOException {
        TarEntry longName = entry("d/" + "x".repeat(150) + "é", TarEntry.Kind.SYMBOLIC_LINK, "y".repeat(120), 0);
        TarEntry largeOwner =
                new TarEntry("big", TarEntry.Kind.FOLDER, 04755, 3_000_000_000L, 3_000_000_001L, 0, 5, "");
        file("a", "hello");
        tar.write(longName);
        tar.write(largeOwner);
        TarReader reader = reader();
        TarEntry first = reader.next();
        assertNotNull(first);
        assertEquals("a", first.name());
        assertEquals("hello", new String(reader.content().readAllBytes(), StandardCharsets.UTF_8));
        assertEquals(longName, reader.next());
        assertEquals(largeOwner, reader.next());
        assertNull(reader.next());
    }

    @Test
    void next_contentNotRead_isSkipped() throws IOException {
        file("a", "x".repeat(1000));
        file("b", "y");
        TarReader reader = reader();
        reader.next();
        TarEntry second = reader.next();
        assertNotNull(second);
        assertEquals("b", second.name());
    }

    @Test
    void next_noArchive_isRefused() {
        TarReader reader =
                new TarReader(new ByteArrayInputStream("nonsense".repeat(100).getBytes(StandardCharsets.UTF_8)));
        assertThrows(IOException.class, reader::next);
    }

    @Test
    void write_fileShrinks_keepsTheArchiveWhole() throws IOException {
        tar.write(entry("a", TarEntry.Kind.FILE, "", 10), new ByteArrayInputStream(new byte[] {1}));
        file("b", "y");
        TarReader reader = reader();
        reader.next();
        assertEquals(10, reader.content().readAllBytes().length);
        assertNotNull(reader.next());
    }

    @Test
    void fileTree_hardLinks_areLinks() throws IOException {
        Path root = Files.createDirectory(folder.resolve("r"));
        Files.writeString(root.resolve("a"), "1");
        Files.createLink(root.resolve("b"), root.resolve("a"));
        new FileTree(tar, false).addAll(root, "r");
        TarReader reader = reader();
        reader.next();
        reader.next();
        TarEntry link = reader.next();
        assertNotNull(link);
        assertEquals(TarEntry.Kind.HARD_LINK, link.kind());
        assertEquals("r/a", link.linkTarget());
    }

    @Test
    void unpack_tree_setsModesAndTimes() throws IOException {
        tar.write(entry("d/", TarEntry.Kind.FOLDER, "", 0));
        file("d/f", "x");
        tar.write(entry("d/l", TarEntry.Kind.SYMBOLIC_LINK, "f", 0));
        tar.write(entry("d/h", TarEntry.Kind.HARD_LINK, "d/f", 0));
        unpack();
        assertEquals("x", Files.readString(folder.resolve("d/l")));
        assertEquals("x", Files.readString(folder.resolve("d/h")));
        assertEquals(
                1_700_000_000, Files.getLastModifiedTime(folder.resolve("d")).toMillis() / 1000);
        assertTrue(Files.isExecutable(folder.resolve("d/f")));
    }

    @Test
    void unpack_nameLeadsOut_isRefused() throws IOException {
        file("../evil", "x");
        assertThrows(IOException.class, this::unpack);
        assertFalse(Files.exists(folder.resolveSibling("evil")));
    }

    @Test
    void unpack_throughSymbolicLink_isRefused() throws IOException {
        Path outside = Files.createTempDirectory("priok-outside-");
        try {
            tar.write(entry("l", TarEntry.Kind.SYMBOLIC_LINK, outside.toString(), 0));
            file("l/evil", "x");
            assertThrows(IOException.class, this::unpack);
            assertFalse(Files.exists(outside.resolve("evil")));
        } finally {
            Files.delete(outside);
        }
    }

    @Test
    void unpack_overSymbolicLink_replacesTheLink() throws IOException {
        Path target = Files.writeString(folder.resolve("target"), "old");
        Files.createSymbolicLink(folder.resolve("f"), target);
        file("f", "new");
        unpack();
        assertEquals("old", Files.readString(target));
        assertFalse(Files.isSymbolicLink(folder.resolve("f")));
        assertTrue(Files.isRegularFile(folder.resolve("f"), LinkOption.NOFOLLOW_LINKS));
    }
}
