package dev.priok.ext4;

import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.LoopCalls;
import dev.priok.linux.MountCalls;
import dev.priok.linux.OpenFlag;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** An ext4 file system of a bounded size in a file, which takes only as much space as was written into it. */
public final class BoundedFileSystem {
    private BoundedFileSystem() {}

    /** The least that can be made, in bytes. */
    public static long leastBytes() {
        return Ext4Format.leastBytes();
    }

    /** The most that can be made, in bytes. */
    public static long mostBytes() {
        return Ext4Format.mostBytes();
    }

    /** Makes an empty one of so many bytes; the file is there whole and durable, or not at all. */
    public static void make(Path file, long bytes, Instant now) throws IOException {
        List<Ext4Format.Piece> pieces = Ext4Format.of(bytes, UUID.randomUUID(), (int) now.getEpochSecond());
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        try (Fd fd = FileCalls.host()
                .open(
                        fresh.toAbsolutePath().toString(),
                        OpenFlag.RDWR | OpenFlag.CREAT | OpenFlag.EXCL | OpenFlag.NOFOLLOW,
                        0600)) {
            DescriptorCalls calls = DescriptorCalls.host();
            calls.truncate(fd, bytes);
            for (Ext4Format.Piece piece : pieces) {
                ByteBuffer direct = ByteBuffer.allocateDirect(piece.bytes().remaining())
                        .put(piece.bytes())
                        .flip();
                long at = piece.offset();
                while (direct.hasRemaining()) {
                    at += calls.pwrite(fd, direct, at);
                }
            }
            calls.sync(fd);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        try (Fd folder = FileCalls.host()
                .open(fresh.resolveSibling(".").toAbsolutePath().toString(), OpenFlag.RDONLY | OpenFlag.DIRECTORY)) {
            DescriptorCalls.host().sync(folder);
        }
    }

    /** Mounts one; when it is unmounted its loop device is free again. */
    public static void mount(Path file, Path target) throws IOException {
        try (Fd fd = FileCalls.host().open(file.toAbsolutePath().toString(), OpenFlag.RDWR | OpenFlag.NOFOLLOW);
                LoopCalls.Device device = LoopCalls.host().attach(fd, file.toString())) {
            MountCalls.host().mount(device.path(), target.toAbsolutePath().toString(), "ext4", 0, "discard");
        }
    }
}
