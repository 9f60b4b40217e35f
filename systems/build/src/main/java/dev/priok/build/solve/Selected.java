package dev.priok.build.solve;

import dev.priok.build.ignore.IgnoreRules;
import dev.priok.build.tree.Node;
import dev.priok.build.tree.SourceTree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

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

    /** Brings the files at and below it that are not excluded, if its tree is far away. */
    void fetch(IgnoreRules excludes, SourceTree.Need need) throws IOException {
        if (tree.isRemote()) {
            List<String> files = new ArrayList<>();
            collect(excludes, realPath, "", files);
            tree.fetch(files, need);
        }
    }

    private void collect(IgnoreRules excludes, String real, String relative, List<String> files) throws IOException {
        Node node = tree.node(real);
        if (node.isRegular()) {
            files.add(real);
        } else if (node.isDirectory()) {
            for (String child : tree.children(real)) {
                String path = relative.isEmpty() ? child : relative + "/" + child;
                if (excludes.excludedBy(path).isEmpty() || excludes.hasExceptions()) {
                    collect(excludes, real.isEmpty() ? child : real + "/" + child, path, files);
                }
            }
        }
    }
}
