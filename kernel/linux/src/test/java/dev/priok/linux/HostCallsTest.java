package dev.priok.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The wrappers against the real kernel, with what any user may do. */
class HostCallsTest {
    private final FileCalls files = FileCalls.host();
    private final DescriptorCalls descriptors = DescriptorCalls.host();

    @TempDir
    Path dir;

    @Test
    void openat2_inRoot_keepsLinksInside() throws IOException {
        Files.createDirectories(dir.resolve("root/etc"));
        Files.writeString(dir.resolve("root/etc/name"), "inside");
        Files.createSymbolicLink(dir.resolve("root/link"), Path.of("/etc/name"));
        Files.createSymbolicLink(dir.resolve("root/up"), Path.of("../../../../etc/name"));
        try (Fd root = files.open(dir.resolve("root").toString(), OpenFlag.PATH | OpenFlag.DIRECTORY)) {
            for (String path : List.of("link", "up", "/link", "etc/../../link")) {
                try (Fd fd = files.openat2(root, path, OpenFlag.RDONLY, 0, Resolve.INSIDE)) {
                    ByteBuffer buffer = ByteBuffer.allocateDirect(64);
                    descriptors.read(fd, buffer);
                    assertEquals(
                            "inside",
                            StandardCharsets.UTF_8.decode(buffer.flip()).toString(),
                            path);
                }
            }
        }
    }

    @Test
    void failures_nameCallObjectAndReason() {
        SyscallException e = assertThrows(
                SyscallException.class, () -> files.open(dir.resolve("missing").toString(), OpenFlag.RDONLY));
        assertEquals(Errno.ENOENT, e.errno());
        assertTrue(e.getMessage().endsWith("missing: no such file or directory"), e.getMessage());
    }

    @Test
    void stat_readsTypeSizeAndTimes() throws IOException {
        Path file = Files.writeString(dir.resolve("f"), "12345");
        try (Fd d = files.open(dir.toString(), OpenFlag.RDONLY | OpenFlag.DIRECTORY)) {
            files.setTimes(d, "f", 1_000_000_000L, 123_456_789);
            FileStat stat = files.stat(d, "f");
            assertTrue(stat.isRegular());
            assertEquals(5, stat.size());
            assertEquals(1_000_000_000L, stat.modifiedSeconds());
            assertEquals(123_456_789, stat.modifiedNanos());
            assertEquals(Files.getAttribute(file, "unix:ino"), stat.inode());
            assertEquals(List.of("f"), files.list(d));
            assertTrue(files.find(d, "none").isEmpty());
        }
    }

    @Test
    void splice_movesFromPipeToFile() throws IOException {
        try (DescriptorCalls.Pipe pipe = descriptors.pipe();
                Fd file = files.open(dir.resolve("out").toString(), OpenFlag.RDWR | OpenFlag.CREAT, 0600)) {
            descriptors.setNonBlocking(pipe.read(), true);
            assertEquals(-1, descriptors.splice(pipe.read(), file, 1 << 16));
            byte[] text = "a line\n".getBytes(StandardCharsets.UTF_8);
            descriptors.writeAll(pipe.write(), text);
            assertEquals(text.length, descriptors.available(pipe.read()));
            assertEquals(text.length, descriptors.splice(pipe.read(), file, 1 << 16));
            assertEquals(text.length, descriptors.position(file));
            assertArrayEquals(text, Files.readAllBytes(dir.resolve("out")));
            pipe.write().close();
            assertEquals(0, descriptors.splice(pipe.read(), file, 1 << 16));
        }
    }

    @Test
    void spawn_startsAndReaps() throws IOException {
        try (Fd program = files.open("/bin/false", OpenFlag.RDONLY);
                Epoll epoll = new Epoll()) {
            int pid = Spawn.start(program, List.of("false"), List.of());
            try (Fd pidfd = ProcessCalls.host().pidfdOpen(pid)) {
                epoll.add(pidfd, Epoll.IN, 7);
                assertEquals(1, epoll.await(10_000, (key, _) -> assertEquals(7, key)));
                assertEquals(1 << 8, ProcessCalls.host().reap(pidfd).orElseThrow());
            }
        }
    }

    @Test
    void recording_answersAsTold() {
        RecordingSyscalls kernel = new RecordingSyscalls().fail(Syscall.MKDIRAT, Errno.EEXIST);
        try (Fd directory = Fd.of(descriptorNobodyUses())) {
            assertThrows(SyscallException.class, () -> new FileCalls(kernel).mkdir(directory, "etc", 0755));
            assertEquals(List.of("mkdirat(" + directory + ", \"etc\", 493)"), kernel.calls());
        }
    }

    private static int descriptorNobodyUses() {
        return 1_000_000;
    }
}
