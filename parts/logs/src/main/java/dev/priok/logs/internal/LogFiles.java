package dev.priok.logs.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPOutputStream;

/**
 * Names of a log's files: the current one, {@code .1} and on for rotated ones (newest first, {@code .gz} when compressed), and
 * {@code .next} while a rotation is under way. All steps can be repeated after a crash.
 */
final class LogFiles {
    private static final String NEXT = ".next";
    private static final String COMPRESSED = ".gz";
    private static final FileAttribute<?> MODE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----"));
    private static final int COPY_BYTES = 64 << 10;

    private final Path current;
    private final int files;

    LogFiles(Path current, int files) {
        this.current = current;
        this.files = files;
    }

    Path current() {
        return current;
    }

    Path next() {
        return named(NEXT);
    }

    /** The rotated file of that age, 1 being the youngest; the current one for 0. */
    Path rotated(int age) {
        return age == 0 ? current : named("." + age);
    }

    Path compressed(int age) {
        return named("." + age + COMPRESSED);
    }

    private Path named(String suffix) {
        return current.resolveSibling(current.getFileName() + suffix);
    }

    int files() {
        return files;
    }

    /** Opens or makes the current file for appending. */
    FileChannel append() throws IOException {
        return FileChannel.open(current, Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND), MODE);
    }

    /** Makes the file that a rotation goes on in. */
    FileChannel createNext() throws IOException {
        Files.deleteIfExists(next());
        return FileChannel.open(next(), Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.APPEND), MODE);
    }

    static long inode(Path file) throws IOException {
        return (Long) Files.getAttribute(file, "unix:ino");
    }

    /** The age of the file with that inode number; empty when it is gone. */
    Optional<Integer> age(long inode) throws IOException {
        for (int age = 0; age < files; age++) {
            try {
                if (inode(rotated(age)) == inode) {
                    return Optional.of(age);
                }
            } catch (NoSuchFileException _) {
                // a crash in the middle of a rotation leaves a gap
            }
        }
        return Optional.empty();
    }

    /** Makes the current file the youngest rotated one, and the next file the current one. */
    void rotate() throws IOException {
        if (files > 1) {
            int gap = 1;
            while (gap < files - 1 && (Files.exists(rotated(gap)) || Files.exists(compressed(gap)))) {
                gap++;
            }
            Files.deleteIfExists(rotated(gap));
            Files.deleteIfExists(compressed(gap));
            for (int age = gap - 1; age >= 1; age--) {
                rename(rotated(age), rotated(age + 1));
                rename(compressed(age), compressed(age + 1));
            }
            rename(current, rotated(1));
        }
        Files.move(next(), current, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void rename(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (NoSuchFileException _) {
            // only one of the two names of an age exists, and after a crash perhaps none
        }
    }

    /**
     * Writes the compressed form of a file, to be given its name by {@link #replace}.
     *
     * @throws NoSuchFileException when another file has that name by now
     */
    Path compress(Path file, long inode) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            if (inode(file) != inode) {
                throw new NoSuchFileException(file.toString());
            }
            Path temporary =
                    Files.createTempFile(current.getParent(), current.getFileName() + ".", ".compressing", MODE);
            try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(temporary), COPY_BYTES)) {
                in.transferTo(out);
                return temporary;
            } catch (IOException e) {
                Files.deleteIfExists(temporary);
                throw e;
            }
        }
    }

    /** Puts the compressed form in the place of the rotated file of that age. */
    void replace(int age, Path temporary) throws IOException {
        Files.move(temporary, compressed(age), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Files.deleteIfExists(rotated(age));
    }

    /** Removes what work in the background left half made. */
    void removeLeftovers() throws IOException {
        try (var siblings = Files.newDirectoryStream(current.getParent(), current.getFileName() + ".*.compressing")) {
            for (Path sibling : siblings) {
                Files.deleteIfExists(sibling);
            }
        }
        for (int age = 1; age < files; age++) {
            // Both: the compressed one got its name, the plain one was not removed yet, or the compression was cut
            // short.
            if (Files.exists(rotated(age))) {
                Files.deleteIfExists(compressed(age));
            }
        }
    }
}
