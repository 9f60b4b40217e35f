package dev.priok.build.tree;

import dev.priok.core.Failure;
import java.io.IOException;
import java.util.Optional;

/** One open directory of a {@link TargetTree}. Names are single path elements and are never followed as links. */
public interface TargetDirectory extends AutoCloseable {
    /** The file of this name. */
    Optional<Node> find(String name) throws IOException;

    /**
     * Makes a regular file, replacing what is no directory.
     *
     * @throws Failure of kind INVALID when a directory has that name
     */
    void file(String name, Node node, Content content) throws IOException;

    /**
     * Makes one more name of a regular file that was made in the same tree, replacing what is no directory.
     *
     * @param realPath where that file is, without links
     * @throws Failure of kind INVALID when a directory has that name
     */
    void link(String name, String realPath) throws IOException;

    /** Where this directory is, without links. */
    String realPath();

    /**
     * Makes a symbolic link, device or fifo, replacing what is no directory.
     *
     * @throws Failure of kind INVALID when a directory has that name
     */
    void special(String name, Node node) throws IOException;

    /**
     * Opens a directory, making it when it is missing; a new one gets the attributes of {@code node}, its time when it is
     * closed.
     *
     * @param overwrite whether one that was there gets the attributes too
     * @throws Failure of kind INVALID when a file has that name
     */
    TargetDirectory directory(String name, Node node, boolean overwrite) throws IOException;

    @Override
    void close() throws IOException;
}
