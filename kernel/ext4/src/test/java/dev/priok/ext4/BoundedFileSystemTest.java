package dev.priok.ext4;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written is an ext4 file system in the eyes of e2fsck; that the kernel mounts it is shown by the tests of volumes. */
class BoundedFileSystemTest {
    private static final Path CHECKER = Path.of("/sbin/e2fsck");

    @TempDir
    Path dir;

    /** Sizes around the ends of groups, and some that are no multiple of anything. */
    @ParameterizedTest
    @ValueSource(
            longs = {
                16 << 20,
                50_000_000,
                128 << 20,
                137_000_000,
                (128 << 20) + (3 << 20),
                138_412_032,
                1L << 30,
                20L << 30
            })
    void checker_findsNothing(long bytes) throws Exception {
        assumeTrue(Files.isExecutable(CHECKER), "e2fsck (Debian: e2fsprogs)");
        Path file = dir.resolve("fs");
        BoundedFileSystem.make(file, bytes, Instant.now());
        assertEquals(bytes, Files.size(file));
        Process process = new ProcessBuilder(CHECKER.toString(), "-fn", file.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        assertFalse(said.contains("Fix"), said);
        assertTrue(said.contains(" 10/"), said);
    }

    @Test
    void size_hasBounds() {
        for (long bytes : new long[] {0, BoundedFileSystem.leastBytes() - 1, BoundedFileSystem.mostBytes() + 4096}) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> BoundedFileSystem.make(dir.resolve("fs"), bytes, Instant.now()));
        }
    }

    @Test
    void leftOverOfAKilledOne_isReplaced() throws IOException {
        Files.writeString(dir.resolve("fs.new"), "half");
        BoundedFileSystem.make(dir.resolve("fs"), BoundedFileSystem.leastBytes(), Instant.now());
        assertFalse(Files.exists(dir.resolve("fs.new")));
    }
}
