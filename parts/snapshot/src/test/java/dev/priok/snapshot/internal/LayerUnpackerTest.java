package dev.priok.snapshot.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.priok.archive.TarEntry;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.FileStat;
import dev.priok.linux.OpenFlag;
import dev.priok.snapshot.TarBytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LayerUnpackerTest {
    @TempDir
    Path temp;

    private Path root;
    private Path outside;

    @BeforeEach
    void folders() throws IOException {
        root = Files.createDirectory(temp.resolve("root"));
        outside = Files.writeString(temp.resolve("outside"), "untouched");
    }

    private LayerUnpacker.Result unpack(byte[] tar) throws IOException {
        try (Fd fd = FileCalls.host().open(root.toString(), OpenFlag.RDONLY | OpenFlag.DIRECTORY)) {
            return new LayerUnpacker().unpack(new ByteArrayInputStream(tar), fd);
        }
    }

    private FileStat stat(String name) throws IOException {
        try (Fd fd = FileCalls.host().open(root.toString(), OpenFlag.RDONLY | OpenFlag.DIRECTORY)) {
            return FileCalls.host().stat(fd, name);
        }
    }

    private boolean isOpaque(String name) throws IOException {
        try (Fd fd = FileCalls.host().open(root.resolve(name).toString(), OpenFlag.RDONLY)) {
            return OverlayForm.current().isOpaque(fd);
        }
    }

    @Test
    void unpack_filesFoldersLinks_areAsTheTarSays() throws IOException {
        byte[] tar = new TarBytes()
                .folder("d")
                .file("d/f", "hello")
                .link("d/l", "f")
                .hardLink("h", "d/f")
                .add(TarEntry.file("setuid", 04711, 0, 5))
                .bytes();
        LayerUnpacker.Result result = unpack(tar);
        assertEquals(Digest.sha256(tar), result.diffId());
        assertEquals(5, result.size());
        assertEquals(5, result.inodes());
        assertEquals("hello", Files.readString(root.resolve("d/f")));
        assertEquals("hello", Files.readString(root.resolve("h")));
        assertEquals(
                Files.getAttribute(root.resolve("h"), "unix:ino"), Files.getAttribute(root.resolve("d/f"), "unix:ino"));
        assertEquals(Path.of("f"), Files.readSymbolicLink(root.resolve("d/l")));
        assertEquals(
                1_000_000_000,
                Files.getLastModifiedTime(root.resolve("d")).toInstant().getEpochSecond());
        assertEquals(04711, stat("setuid").permissions());
        assertEquals(Set.of(""), result.implied());
    }

    @Test
    void unpack_missingFolders_areImplied() throws IOException {
        LayerUnpacker.Result result =
                unpack(new TarBytes().file("a/b/c", "x").folder("a").folder(".").bytes());
        assertEquals(Set.of("a/b"), result.implied());
    }

    @Test
    void unpack_whiteouts_becomeOverlays() throws IOException {
        unpack(new TarBytes()
                .file(".wh.gone", "")
                .folder("opaque")
                .file("opaque/.wh..wh..opq", "")
                .file("opaque/new", "x")
                .file(".wh..wh.plnk", "")
                .bytes());
        assertTrue(stat("gone").isWhiteout());
        assertTrue(isOpaque("opaque"));
        assertEquals("x", Files.readString(root.resolve("opaque/new")));
        assertFalse(Files.exists(root.resolve(".wh..wh.plnk"), LinkOption.NOFOLLOW_LINKS));
    }

    @Test
    void unpack_whiteoutAndFolderOfOneName_isAnOpaqueFolder() throws IOException {
        unpack(new TarBytes()
                .file(".wh.before", "")
                .folder("before")
                .folder("after")
                .file(".wh.after", "")
                .file(".wh.implied", "")
                .file("implied/x", "")
                .file("kept", "1")
                .file(".wh.kept", "")
                .bytes());
        assertTrue(isOpaque("before"));
        assertTrue(isOpaque("after"));
        assertTrue(isOpaque("implied"));
        assertEquals("1", Files.readString(root.resolve("kept")));
    }

    @Test
    void unpack_rootMarkedOpaque_isReported() throws IOException {
        assertTrue(unpack(new TarBytes().file(".wh..wh..opq", "").bytes()).opaqueRoot());
    }

    @Test
    void unpack_laterMember_replacesTheEarlier() throws IOException {
        unpack(new TarBytes()
                .file("x/y/z", "old")
                .file("x", "file")
                .link("l", "x")
                .folder("l")
                .file("l/in", "1")
                .file("f", "one")
                .file("f", "two")
                .bytes());
        assertEquals("file", Files.readString(root.resolve("x")));
        assertTrue(Files.isDirectory(root.resolve("l"), LinkOption.NOFOLLOW_LINKS));
        assertEquals("two", Files.readString(root.resolve("f")));
    }

    @Test
    void unpack_throughLinks_staysInside() throws IOException {
        unpack(new TarBytes()
                .folder("usr/lib")
                .link("lib", "/usr/lib")
                .file("lib/so", "1")
                .link("up", "../../..")
                .file("up/top", "2")
                .link("dangling", "/not/yet")
                .file("dangling/made", "3")
                .bytes());
        assertEquals("1", Files.readString(root.resolve("usr/lib/so")));
        assertEquals("2", Files.readString(root.resolve("top")));
        assertEquals("3", Files.readString(root.resolve("not/yet/made")));
        assertEquals(2, temp.toFile().list().length);
    }

    @Test
    void unpack_absoluteNames_areTakenFromTheRoot() throws IOException {
        unpack(new TarBytes().file("/etc/name", "x").hardLink("/h", "/etc/name").bytes());
        assertEquals("x", Files.readString(root.resolve("h")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../outside", "a/../../outside", "..", "a/../b"})
    void unpack_climbingName_isRefused(String name) throws IOException {
        byte[] tar = new TarBytes().file(name, "evil").bytes();
        Failure failure = assertThrows(Failure.class, () -> unpack(tar));
        assertEquals(Failure.Kind.INVALID, failure.kind());
        assertEquals("untouched", Files.readString(outside));
    }

    @Test
    void unpack_hardLinkOut_isRefused() throws IOException {
        for (String target : new String[] {"../outside", outside.toString(), "missing", "/", "h"}) {
            byte[] tar = new TarBytes().hardLink("h", target).file("h", "evil").bytes();
            assertThrows(Failure.class, () -> unpack(tar), target);
            assertEquals("untouched", Files.readString(outside));
        }
    }

    @Test
    void unpack_hardLinkThroughALinkOut_findsNothing() throws IOException {
        byte[] tar = new TarBytes()
                .link("out", temp.toString())
                .hardLink("h", "out/outside")
                .bytes();
        assertThrows(Failure.class, () -> unpack(tar));
        assertEquals(1, (int) Files.getAttribute(outside, "unix:nlink"));
    }

    @Test
    void unpack_fileOverALinkOut_replacesTheLink() throws IOException {
        unpack(new TarBytes().link("f", outside.toString()).file("f", "mine").bytes());
        assertEquals("untouched", Files.readString(outside));
        assertEquals("mine", Files.readString(root.resolve("f")));
    }

    @Test
    void unpack_endlessLinks_areRefused() throws IOException {
        byte[] tar =
                new TarBytes().link("a", "b").link("b", "a").file("a/x", "").bytes();
        assertThrows(Failure.class, () -> unpack(tar));
    }

    @Test
    void unpack_fileAsFolder_isRefused() throws IOException {
        byte[] tar = new TarBytes().file("a", "").file("a/b", "").bytes();
        assertThrows(Failure.class, () -> unpack(tar));
    }

    @Test
    void unpack_whiteoutDevice_isRefused() throws IOException {
        TarEntry device = new TarEntry(
                "w", TarEntry.Type.CHARACTER_DEVICE, 0, 0, 0, 0, 0, 0, "", 0, 0, new java.util.TreeMap<>());
        byte[] tar = new TarBytes().add(device).bytes();
        assertThrows(Failure.class, () -> unpack(tar));
        for (String name : new String[] {".wh.", ".wh..", ".wh..."}) {
            byte[] odd = new TarBytes().file(name, "").bytes();
            assertThrows(Failure.class, () -> unpack(odd), name);
        }
    }

    @Test
    void unpack_overlaysOwnAttributes_areDropped() throws IOException {
        // tmpfs has no attributes of users before Linux 6.6.
        assumeTrue(Files.getFileStore(root).supportsFileAttributeView("user"));
        byte[] tar = new TarBytes()
                .add(TarEntry.folder("d", 0755, 0)
                        .withXattrs(Map.of(
                                "user.overlay.opaque", new byte[] {'y'},
                                "trusted.overlay.redirect", new byte[] {'/'},
                                "user.kept", new byte[] {0, (byte) 0xFF})))
                .bytes();
        unpack(tar);
        try (Fd d = FileCalls.host().open(root.resolve("d").toString(), OpenFlag.RDONLY)) {
            assertEquals(java.util.List.of("user.kept"), FileCalls.host().listXattr(d));
            assertEquals(-1, FileCalls.host().getXattr(d, "user.kept").orElseThrow()[1]);
        }
    }

    @Test
    void unpack_manyFolders_keepsFewOpen() throws IOException {
        TarBytes tar = new TarBytes();
        for (int i = 0; i < 300; i++) {
            tar.folder("d" + i).file("d" + i + "/f", "x");
        }
        for (int i = 0; i < 300; i++) {
            tar.file("d" + i + "/g", "y");
        }
        byte[] bytes = tar.bytes();
        int before = new java.io.File("/proc/self/fd").list().length;
        unpack(bytes);
        int after = new java.io.File("/proc/self/fd").list().length;
        assertTrue(Math.abs(after - before) <= 3, before + " became " + after);
        assertEquals("y", Files.readString(root.resolve("d299/g")));
    }

    @Test
    void unpack_modes_areNotLessenedByTheUmask() throws IOException {
        unpack(new TarBytes().add(TarEntry.folder("open", 01777, 0)).bytes());
        assertEquals(PosixFilePermissions.fromString("rwxrwxrwx"), Files.getPosixFilePermissions(root.resolve("open")));
        assertEquals(01777, stat("open").permissions());
    }
}
