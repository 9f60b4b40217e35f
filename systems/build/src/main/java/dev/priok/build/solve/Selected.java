package dev.priok.build.solve;

import dev.priok.build.tree.SourceTree;

/**
 * One file or directory that a copy takes.
 *
 * @param tree where it is
 * @param realPath where in the tree, without links
 * @param name that it was selected by: the last element of the path as written
 * @param below directories of the path as written that are kept, or empty
 * @param mayUnpack whether it is unpacked if it is an archive
 * @param archive whether {@code tree} is the content of an archive that is unpacked, all of it
 */
record Selected(SourceTree tree, String realPath, String name, String below, boolean mayUnpack, boolean archive) {
    /** The same, to be unpacked if it is an archive. */
    Selected unpacking() {
        return new Selected(tree, realPath, name, below, true, archive);
    }
}
