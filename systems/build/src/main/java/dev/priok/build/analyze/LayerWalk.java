package dev.priok.build.analyze;

import dev.priok.build.tree.HostTree;
import dev.priok.build.tree.Node;
import dev.priok.core.Failure;
import java.io.IOException;
import java.nio.file.Path;

/** Names every file and deletion of one layer in overlay's form. */
final class LayerWalk {
    /** A deeper tree cannot be named by a path of 4,096 bytes. */
    private static final int MAXIMUM_DEPTH = 2048;

    private LayerWalk() {}

    /** Takes what is found. */
    interface Visitor {
        /** A file, link or device with its size in bytes. */
        void file(String path, long bytes);

        /** Everything of lower layers at this path and below it is gone. */
        void removed(String path);
    }

    static void walk(Path folder, Visitor visitor) throws IOException {
        try (HostTree tree = new HostTree(folder)) {
            walk(tree, "", visitor, 0);
        }
    }

    private static void walk(HostTree tree, String path, Visitor visitor, int depth) throws IOException {
        if (depth > MAXIMUM_DEPTH) {
            throw Failure.invalid("%s is more than %d folders deep", path, MAXIMUM_DEPTH);
        }
        for (String name : tree.children(path)) {
            String child = path.isEmpty() ? name : path + "/" + name;
            Node node = tree.node(child);
            boolean isWhiteout =
                    node.type() == Node.Type.CHARACTER_DEVICE && node.deviceMajor() == 0 && node.deviceMinor() == 0;
            if (isWhiteout) {
                visitor.removed(child);
            } else if (node.isDirectory()) {
                walk(tree, child, visitor, depth + 1);
            } else {
                visitor.file(child, node.size());
            }
        }
    }
}
