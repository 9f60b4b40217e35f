package dev.priok.snapshot.internal;

import dev.priok.core.Failure;
import dev.priok.ext4.BoundedFileSystem;
import dev.priok.linux.Errno;
import dev.priok.linux.MountCalls;
import dev.priok.linux.SyscallException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/**
 * What is written in a snapshot with a bound: a file system in a file beside its mount point, both in the snapshot's folder. It is
 * mounted from its first use on, so that whoever walks or copies finds the files whether the container runs or not.
 */
final class Bounds {
    private static final String FILE = "bounded.ext4";
    private static final String PLACE = "bounded";

    private Bounds() {}

    /** The folder that {@code fs} and {@code work} lie in. */
    static Path place(Path folder) {
        return folder.resolve(PLACE);
    }

    /**
     * Makes it in a snapshot's folder, and mounts it.
     *
     * @throws Failure when the host has no loop devices
     */
    static void make(Path folder, long bytes) throws IOException {
        // As old as the folder, which has just been made.
        Instant now = Files.getLastModifiedTime(folder).toInstant();
        BoundedFileSystem.make(folder.resolve(FILE), bytes, now);
        Files.createDirectory(place(folder));
        mount(folder);
    }

    /** Mounts it, unless it is. */
    static void use(Path folder) throws IOException {
        if (!Files.isDirectory(place(folder).resolve("fs"))) {
            mount(folder);
        }
    }

    private static synchronized void mount(Path folder) throws IOException {
        if (Files.isDirectory(place(folder).resolve("fs"))) {
            return;
        }
        try {
            BoundedFileSystem.mount(folder.resolve(FILE), place(folder));
        } catch (SyscallException e) {
            throw Failure.internal(
                    e,
                    "what the container writes cannot be bounded: mounting %s through a loop device: %s",
                    folder.resolve(FILE),
                    e.errno().message());
        }
    }

    /** Lets go of it, if the folder has one; a container that still runs on it keeps it to its end. */
    static synchronized void release(Path folder) throws IOException {
        if (!Files.exists(place(folder))) {
            return;
        }
        try {
            MountCalls.host().unmount(place(folder).toString(), MountCalls.MNT_DETACH | MountCalls.UMOUNT_NOFOLLOW);
        } catch (SyscallException e) {
            if (e.errno() != Errno.EINVAL) {
                throw e;
            }
            // It was not mounted.
        }
    }
}
