package dev.priok.snapshot;

import dev.priok.snapshot.internal.TreeUsage;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What something takes on disk.
 *
 * @param bytes of file contents
 * @param inodes files, folders and other things
 */
public record Usage(long bytes, long inodes) {
    public static final Usage NONE = new Usage(0, 0);

    /** Walks a folder; every inode counts once, symbolic links are not followed, and what vanishes meanwhile does not count. */
    public static Usage of(Path folder) throws IOException {
        return TreeUsage.of(folder);
    }

    public Usage plus(Usage other) {
        return new Usage(bytes + other.bytes, inodes + other.inodes);
    }
}
