package dev.priok.build.solve;

import dev.priok.build.tree.Content;
import dev.priok.build.tree.Node;
import dev.priok.build.tree.SourceTree;
import dev.priok.core.Digest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A tree in which all files have the same time.
 *
 * @param tree the files
 * @param seconds their time
 */
record TimedTree(SourceTree tree, long seconds) implements SourceTree {
    @Override
    public Optional<String> resolve(String path) throws IOException {
        return tree.resolve(path);
    }

    @Override
    public Node node(String realPath) throws IOException {
        return tree.node(realPath).withTime(seconds);
    }

    @Override
    public List<String> children(String realPath) throws IOException {
        return tree.children(realPath);
    }

    @Override
    public Content content(String realPath) throws IOException {
        return tree.content(realPath);
    }

    @Override
    public boolean isRemote() {
        return tree.isRemote();
    }

    @Override
    public void fetch(List<String> realPaths, Need need) throws IOException {
        tree.fetch(realPaths, need);
    }

    @Override
    public Digest contentDigest(String realPath) throws IOException {
        return tree.contentDigest(realPath);
    }
}
