package dev.priok.volume;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.OpenFlag;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trusted attributes are root's alone. */
@Tag("root")
class TreeCopyTest {
    /** Late enough for every file that a test has just written to have settled. */
    private static final Instant LATER = Instant.parse("2100-01-01T00:00:00Z");

    @TempDir
    Path dir;

    private Path source;

    @BeforeEach
    void make() throws IOException {
        source = Files.createDirectories(dir.resolve("source"));
        Files.createDirectories(source.resolve("a/b"));
        Files.writeString(source.resolve("a/b/file"), "text");
        Files.writeString(source.resolve("other"), "other text");
    }

    private Path folder(String name) throws IOException {
        return Files.createDirectories(dir.resolve(name));
    }

    private static TreeCopy.Counts copy(Path from, Path to, Path earlier, Instant now) throws IOException {
        FileCalls files = FileCalls.host();
        int flags = OpenFlag.RDONLY | OpenFlag.DIRECTORY;
        try (Fd source = files.open(from.toString(), flags);
                Fd target = files.open(to.toString(), flags);
                Fd before = earlier == null ? null : files.open(earlier.toString(), flags)) {
            return TreeCopy.copy(source, target, Optional.ofNullable(before), true, now);
        }
    }

    private static Object inode(Path file) throws IOException {
        return Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS);
    }

    @Test
    void everything_isCopied() throws IOException {
        Files.createSymbolicLink(source.resolve("link"), Path.of("/etc/passwd"));
        Files.createLink(source.resolve("a/twin"), source.resolve("other"));
        Files.setPosixFilePermissions(source.resolve("other"), PosixFilePermissions.fromString("rw-r-----"));
        Files.setAttribute(source.resolve("other"), "unix:uid", 1234);
        Files.setAttribute(source.resolve("other"), "user:note", "kept".getBytes(StandardCharsets.UTF_8));
        Files.setLastModifiedTime(source.resolve("a"), FileTime.fromMillis(1_000_000_000_123L));
        try (RandomAccessFile sparse =
                new RandomAccessFile(source.resolve("sparse").toFile(), "rw")) {
            sparse.seek(8 << 20);
            sparse.write(1);
            sparse.setLength(64 << 20);
        }
        TreeCopy.Counts counts = copy(source, folder("copy"), null, LATER);
        Path copy = dir.resolve("copy");
        assertEquals("text", Files.readString(copy.resolve("a/b/file")));
        assertEquals(Path.of("/etc/passwd"), Files.readSymbolicLink(copy.resolve("link")));
        assertEquals(inode(copy.resolve("other")), inode(copy.resolve("a/twin")));
        assertNotEquals(inode(copy.resolve("other")), inode(source.resolve("other")));
        assertEquals(1234, Files.getAttribute(copy.resolve("other"), "unix:uid"));
        assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(copy.resolve("other"))));
        assertArrayEquals("kept".getBytes(StandardCharsets.UTF_8), (byte[])
                Files.getAttribute(copy.resolve("other"), "user:note"));
        assertEquals(
                1_000_000_000_123L, Files.getLastModifiedTime(copy.resolve("a")).toMillis());
        assertEquals(64 << 20, Files.size(copy.resolve("sparse")));
        assertEquals(-1, Files.mismatch(source.resolve("sparse"), copy.resolve("sparse")));
        assertTrue(counts.copiedBytes() < 1 << 20, "holes stay holes: " + counts);
        assertEquals(5, counts.files());
    }

    @Test
    void whatHasNotChanged_isTheFileOfTheEarlierCopy() throws IOException {
        Path first = folder("first");
        copy(source, first, null, LATER);
        Files.writeString(source.resolve("other"), "other TEXT");
        Files.writeString(source.resolve("new"), "new");
        Files.delete(source.resolve("a/b/file"));
        Files.writeString(source.resolve("a/same"), "same");
        Path second = folder("second");
        copy(source, second, first, LATER);
        Path third = folder("third");
        TreeCopy.Counts counts = copy(source, third, second, LATER);
        assertEquals(0, counts.copiedBytes());
        assertEquals("other text", Files.readString(first.resolve("other")));
        assertEquals("other TEXT", Files.readString(second.resolve("other")));
        assertFalse(Files.exists(second.resolve("a/b/file")));
        assertEquals("text", Files.readString(first.resolve("a/b/file")));
        for (String same : new String[] {"other", "new", "a/same"}) {
            assertEquals(inode(second.resolve(same)), inode(third.resolve(same)), same);
        }
    }

    /** A writer that puts the old time of modification back, as rsync and tar do, is seen by the time of the change. */
    @Test
    void sameSizeAndTime_isNoProof() throws IOException {
        Path first = folder("first");
        FileTime time = Files.getLastModifiedTime(source.resolve("other"));
        copy(source, first, null, LATER);
        try (FileChannel channel = FileChannel.open(source.resolve("other"), StandardOpenOption.WRITE)) {
            channel.write(java.nio.ByteBuffer.wrap("OTHER".getBytes(StandardCharsets.UTF_8)));
        }
        Files.setLastModifiedTime(source.resolve("other"), time);
        Path second = folder("second");
        copy(source, second, first, LATER);
        assertEquals("OTHER text", Files.readString(second.resolve("other")));
    }

    @Test
    void aFileChangedJustNow_isCopiedAgain() throws IOException {
        Path first = folder("first");
        copy(source, first, null, Instant.now());
        TreeCopy.Counts counts = copy(source, folder("second"), first, LATER);
        assertEquals(14, counts.copiedBytes());
    }

    @Test
    void pipesAreMade_socketsAreNot() throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
            server.bind(java.net.UnixDomainSocketAddress.of(source.resolve("socket")));
            assertEquals(
                    0,
                    new ProcessBuilder("mkfifo", source.resolve("pipe").toString())
                            .start()
                            .waitFor());
            copy(source, folder("copy"), null, LATER);
            assertTrue(Files.exists(dir.resolve("copy/pipe")));
            assertFalse(Files.exists(dir.resolve("copy/socket")));
        }
    }
}
