package dev.priok.build.tree;

import dev.priok.core.Digest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A tree that files are copied from. Paths are relative, without leading or trailing slash, {@code ""} being the root; a
 * <em>real path</em> is one without symbolic links on its way, as {@link #resolve} returns it.
 */
public interface SourceTree {
    /** Links on the way to one file; the kernel's own limit is 40. */
    int MAXIMUM_LINKS = 40;

    /**
     * Follows every symbolic link, also a last one, inside the tree.
     *
     * @return the real path, or nothing when there is no such file
     */
    Optional<String> resolve(String path) throws IOException;

    /** The file at a real path's own node; a link that is the last element of it is not followed. */
    Node node(String realPath) throws IOException;

    /** Names in the directory at a real path, sorted. */
    List<String> children(String realPath) throws IOException;

    /** The bytes of the regular file at a real path; to be closed. */
    Content content(String realPath) throws IOException;

    /** Whether {@link #fetch} does anything. */
    default boolean isRemote() {
        return false;
    }

    /** What of files is asked for next. */
    enum Need {
        /** {@link #contentDigest}. */
        DIGESTS,
        /** {@link #content}. */
        CONTENTS
    }

    /**
     * Says of which regular files something is asked for next, so that a tree whose bytes are far away can bring them at once;
     * blocks until they are here. Asking for one without this gives the same, more slowly.
     */
    default void fetch(List<String> realPaths, Need need) throws IOException {}

    /** SHA-256 of the bytes of the regular file at a real path. */
    Digest contentDigest(String realPath) throws IOException;
}
