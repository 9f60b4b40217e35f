package dev.priok.daemon;

import dev.priok.core.Failure;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** Holds the data root for one daemon at a time; the kernel lets go of the lock whatever way the process ends. */
final class RootLock implements AutoCloseable {
    private final FileChannel channel;

    private RootLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Makes the root, for its owner alone, and locks it.
     *
     * @throws Failure of kind {@link Failure.Kind#CONFLICT} when another daemon holds it
     */
    static RootLock take(Path dataRoot) throws IOException {
        if (!Files.isDirectory(dataRoot)) {
            Files.createDirectories(dataRoot);
        }
        // Layers, and what containers write, have set-user-id programs that are root's on disk: users of the host must
        // not
        // reach them. Containers get there by mounts, whose folders above do not matter.
        Files.setPosixFilePermissions(dataRoot, PosixFilePermissions.fromString("rwx------"));
        FileChannel channel =
                FileChannel.open(dataRoot.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            channel.close();
            throw new Failure(Failure.Kind.CONFLICT, held(dataRoot), e);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        if (lock == null) {
            channel.close();
            throw Failure.conflict("%s", held(dataRoot));
        }
        return new RootLock(channel);
    }

    private static String held(Path dataRoot) {
        return "data root " + dataRoot + " is in use by another priokd; stop it or choose another --data-root";
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
