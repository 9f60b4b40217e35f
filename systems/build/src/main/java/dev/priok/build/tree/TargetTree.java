package dev.priok.build.tree;

import dev.priok.core.Failure;
import java.io.IOException;
import java.util.Optional;

/** A root file system that a step writes to. Paths are followed inside it only, whatever links it holds. */
public interface TargetTree {
    /** What the path leads to, links followed; nothing when there is no such file. */
    Optional<Node> find(String path) throws IOException;

    /**
     * Where a file of this path is or would be made: the path with all links followed, relative and without links.
     *
     * @throws Failure of kind INVALID when links never end
     */
    String realPath(String path) throws IOException;

    /**
     * The beginning of a regular file.
     *
     * @param limitBytes no more is read
     * @return nothing when there is no regular file
     */
    Optional<byte[]> read(String path, int limitBytes) throws IOException;

    /**
     * Opens the directory at {@code path}, making it and its parents where they are missing, each as {@code template} says.
     *
     * @throws Failure of kind INVALID when something on the way is no directory
     */
    TargetDirectory directory(String path, Node template) throws IOException;

    /** Removes an empty directory or empty file, such as the mount point that a process left; anything else stays. */
    void removeIfEmpty(String path) throws IOException;
}
