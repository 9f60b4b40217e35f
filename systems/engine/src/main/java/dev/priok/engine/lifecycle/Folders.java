package dev.priok.engine.lifecycle;

import dev.priok.linux.MountCalls;
import dev.priok.linux.SyscallException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * Where a container's files are.
 *
 * @param data what lasts as long as the container: logs, journals, files of /etc
 * @param run what the runtime needs to find a run again
 */
public record Folders(Path data, Path run) {
    /** Names of snapshots that belong to containers begin so; others use the snapshotter too. */
    public static final String SNAPSHOT_PREFIX = "container-";

    static final String SHM_SUFFIX = ".shm";
    private static final String JOURNALS_SUFFIX = ".journals";

    static Folders of(Path dataRoot, Path runRoot, String id) {
        return new Folders(
                dataRoot.resolve("containers").resolve(id),
                runRoot.resolve("containers").resolve(id));
    }

    /** Key of a container's snapshot. */
    public static String snapshotKey(String id) {
        return SNAPSHOT_PREFIX + id;
    }

    /**
     * Journals of the container's output.
     *
     * @param inMemory where no disk can hold them up, and what is in them is gone when the machine is; the folder outlives a run
     */
    Path journals(boolean inMemory) {
        return inMemory ? run.resolveSibling(run.getFileName() + JOURNALS_SUFFIX) : data.resolve("journals");
    }

    /** The container that something beside its folder in {@link #run} belongs to: what comes behind a dot tells what it is. */
    static String owner(String name) {
        int dot = name.indexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }

    Path hosts() {
        return data.resolve("hosts");
    }

    Path hostname() {
        return data.resolve("hostname");
    }

    Path resolvConf() {
        return data.resolve("resolv.conf");
    }

    /** A tmpfs that other containers may share as /dev/shm. */
    Path shm() {
        return run.resolveSibling(run.getFileName() + SHM_SUFFIX);
    }

    /** Removes a shared /dev/shm that may still be mounted; the files in it stay for those who share it. */
    static void deleteShm(Path folder) throws IOException {
        SyscallException failure = null;
        try {
            MountCalls.host().unmount(folder.toString(), MountCalls.MNT_DETACH | MountCalls.UMOUNT_NOFOLLOW);
        } catch (SyscallException e) {
            // It may not be mounted: then it can be removed.
            failure = e;
        }
        try {
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            if (failure != null) {
                e.addSuppressed(failure);
            }
            throw e;
        }
    }

    /** Removes a folder with all in it; links are not followed. What is not there is no error. */
    static void delete(Path folder) throws IOException {
        if (Files.notExists(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
                if (e != null) {
                    throw e;
                }
                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
