package dev.priok.build.solve;

import dev.priok.build.tree.Content;
import dev.priok.build.tree.Node;
import dev.priok.build.tree.SourceTree;
import dev.priok.core.Digest;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** A tree of one regular file, whose real path is its name. */
record SingleFile(String name, Node file, Content bytes, Digest digest) implements SourceTree {
    @Override
    public Optional<String> resolve(String path) {
        return path.equals(name) ? Optional.of(name) : Optional.empty();
    }

    @Override
    public Node node(String realPath) throws IOException {
        if (!realPath.equals(name)) {
            throw new FileNotFoundException(realPath);
        }
        return file;
    }

    @Override
    public List<String> children(String realPath) {
        return List.of(name);
    }

    @Override
    public Content content(String realPath) {
        return bytes;
    }

    @Override
    public Digest contentDigest(String realPath) {
        return digest;
    }
}
