package dev.priok.engine.lifecycle;

import dev.priok.core.ByteCount;
import dev.priok.core.Failure;
import dev.priok.engine.spec.Cause;
import dev.priok.ext4.BoundedFileSystem;
import dev.priok.linux.SyscallException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;

/**
 * A volume with the option {@code size}: an ext4 file system in a file of that size beside the volume's folder, mounted there while it
 * is used. The file takes only the space of what is in it.
 */
record BoundedVolume(long bytes) {
    private static final String FILE = "bounded.ext4";

    /** Whether the options ask for one. */
    static boolean isAskedFor(Map<String, String> options) {
        return options.keySet().equals(java.util.Set.of("size"))
                && !options.getOrDefault("size", "").isEmpty();
    }

    /**
     * Reads the size.
     *
     * @throws Failure of kind INVALID
     */
    static BoundedVolume of(String volume, Map<String, String> options) {
        String text = options.getOrDefault("size", "");
        long bytes;
        try {
            bytes = ByteCount.parse(text).bytes();
        } catch (Failure e) {
            throw new Failure(Failure.Kind.INVALID, "create %s: %s".formatted(volume, e.message()), e);
        }
        if (bytes < BoundedFileSystem.leastBytes() || bytes > BoundedFileSystem.mostBytes()) {
            throw Failure.invalid(
                    "create %s: invalid size \"%s\": a bounded volume has at least %d MiB and at most %d TiB",
                    volume, text, BoundedFileSystem.leastBytes() >> 20, (BoundedFileSystem.mostBytes() >> 40) + 1);
        }
        return new BoundedVolume(bytes);
    }

    static Path file(Path folder) {
        return folder.resolve(FILE);
    }

    void make(Path file, Instant now) throws IOException {
        BoundedFileSystem.make(file, bytes, now);
    }

    /**
     * Mounts the volume of a folder on its data.
     *
     * @throws Failure in the words of other mounts when the kernel refuses
     */
    static void mount(Path file, Path data) throws IOException {
        if (!Files.exists(file)) {
            throw new IOException("its file system " + file + " is gone");
        }
        try {
            BoundedFileSystem.mount(file, data);
        } catch (SyscallException e) {
            throw Failure.internal(
                    e,
                    "error while mounting volume '%s': failed to mount local volume: mount %s:%s, through a loop device: %s",
                    data,
                    file,
                    data,
                    Cause.text(e));
        }
    }
}
