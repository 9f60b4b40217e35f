package dev.priok.build.solve;

import dev.priok.build.tree.Content;
import dev.priok.build.tree.Node;
import dev.priok.build.tree.PathResolver;
import dev.priok.build.tree.SourceTree;
import dev.priok.build.tree.TargetDirectory;
import dev.priok.build.tree.TargetTree;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A root file system in memory. */
final class MemoryTree implements SourceTree, TargetTree {
    private final File root;

    private static final class File {
        Node node;
        byte[] bytes = new byte[0];
        final TreeMap<String, File> children = new TreeMap<>();

        File(Node node) {
            this.node = node;
        }

        File copy() {
            File copy = new File(node);
            copy.bytes = bytes;
            children.forEach((name, child) -> copy.children.put(name, child.copy()));
            return copy;
        }

        void dump(String path, StringBuilder into) {
            into.append(path)
                    .append('|')
                    .append(node.fingerprint())
                    .append('|')
                    .append(node.modifiedSeconds())
                    .append('|')
                    .append(new String(bytes, StandardCharsets.UTF_8))
                    .append('\n');
            children.forEach((name, child) -> child.dump(path + "/" + name, into));
        }
    }

    private MemoryTree(File root) {
        this.root = root;
    }

    static MemoryTree empty() {
        return new MemoryTree(new File(Node.directory(0755, 0)));
    }

    MemoryTree copy() {
        return new MemoryTree(root.copy());
    }

    /** This tree with another on top. */
    MemoryTree with(MemoryTree upper) {
        File merged = root.copy();
        merge(upper.root, merged);
        return new MemoryTree(merged);
    }

    private static void merge(File from, File into) {
        from.children.forEach((name, child) -> {
            File there = into.children.get(name);
            if (there == null || !there.node.isDirectory() || !child.node.isDirectory()) {
                into.children.put(name, child.copy());
            } else {
                there.node = child.node;
                merge(child, there);
            }
        });
    }

    /** Everything in the tree as text. */
    String dump() {
        StringBuilder text = new StringBuilder();
        root.dump("", text);
        return text.toString();
    }

    /** Writes a file, making its parents. */
    void write(String path, String text) {
        put(path, Node.file(0644, text.length(), 7), text.getBytes(StandardCharsets.UTF_8));
    }

    void link(String path, String target) {
        put(path, new Node(Node.Type.SYMBOLIC_LINK, 0777, 0, 0, 0, target, 0, 0, 0, 0, Map.of(), 0), new byte[0]);
    }

    private void put(String path, Node node, byte[] bytes) {
        List<String> elements = PathResolver.elements(path);
        File directory = root;
        for (String name : elements.subList(0, elements.size() - 1)) {
            directory = directory.children.computeIfAbsent(name, _ -> new File(Node.directory(0755, 0)));
        }
        File file = new File(node);
        file.bytes = bytes;
        directory.children.put(elements.getLast(), file);
    }

    /** The text of a file. */
    String text(String path) throws IOException {
        return new String(
                read(path, Integer.MAX_VALUE).orElseThrow(() -> new FileNotFoundException(path + " in\n" + dump())),
                StandardCharsets.UTF_8);
    }

    private Optional<File> file(String realPath) {
        File file = root;
        for (String name : PathResolver.elements(realPath)) {
            File child = file.children.get(name);
            if (child == null) {
                return Optional.empty();
            }
            file = child;
        }
        return Optional.of(file);
    }

    private File required(String realPath) throws IOException {
        return file(realPath).orElseThrow(() -> new FileNotFoundException(realPath));
    }

    @Override
    public Optional<String> resolve(String path) throws IOException {
        return PathResolver.resolve(path, p -> file(p).map(f -> f.node));
    }

    @Override
    public Node node(String realPath) throws IOException {
        return required(realPath).node;
    }

    @Override
    public List<String> children(String realPath) throws IOException {
        return List.copyOf(required(realPath).children.keySet());
    }

    @Override
    public Content content(String realPath) throws IOException {
        return Content.Bytes.of(required(realPath).bytes);
    }

    @Override
    public Digest contentDigest(String realPath) throws IOException {
        return Digest.sha256(required(realPath).bytes);
    }

    @Override
    public Optional<Node> find(String path) throws IOException {
        return resolve(path).flatMap(this::file).map(f -> f.node);
    }

    @Override
    public String realPath(String path) throws IOException {
        return PathResolver.resolveNew(path, p -> file(p).map(f -> f.node)).orElseThrow();
    }

    @Override
    public Optional<byte[]> read(String path, int limitBytes) throws IOException {
        return resolve(path)
                .flatMap(this::file)
                .filter(f -> f.node.isRegular())
                .map(f -> Arrays.copyOf(f.bytes, Math.min(f.bytes.length, limitBytes)));
    }

    @Override
    public TargetDirectory directory(String path, Node template) throws IOException {
        List<String> elements = PathResolver.elements(realPath(path));
        for (int there = elements.size(); ; there--) {
            Optional<String> real = resolve(String.join("/", elements.subList(0, there)));
            if (real.isPresent()) {
                File directory = required(real.get());
                if (!directory.node.isDirectory()) {
                    throw Failure.invalid("cannot copy to non-directory: /%s", real.get());
                }
                for (String name : elements.subList(there, elements.size())) {
                    directory = directory.children.computeIfAbsent(name, _ -> new File(template));
                }
                return new Directory(this, realPath(path), directory);
            }
        }
    }

    @Override
    public void removeIfEmpty(String path) throws IOException {
        List<String> elements = PathResolver.elements(path);
        Optional<File> file = file(path).filter(f -> f.children.isEmpty() && f.bytes.length == 0);
        if (file.isPresent()) {
            required(String.join("/", elements.subList(0, elements.size() - 1)))
                    .children
                    .remove(elements.getLast());
        }
    }

    private record Directory(MemoryTree tree, String realPath, File file) implements TargetDirectory {
        @Override
        public Optional<Node> find(String name) {
            return Optional.ofNullable(file.children.get(name)).map(f -> f.node);
        }

        @Override
        public void file(String name, Node node, Content content) throws IOException {
            File made = put(name, node);
            try (var in = ContentStream.of(content)) {
                made.bytes = in.readAllBytes();
            }
        }

        @Override
        public void link(String name, String path) throws IOException {
            File there = tree.required(path);
            put(name, there.node.withLinkGroup(1)).bytes = there.bytes;
        }

        @Override
        public void special(String name, Node node) {
            put(name, node);
        }

        private File put(String name, Node node) {
            File there = file.children.get(name);
            if (there != null && there.node.isDirectory()) {
                throw Failure.invalid("cannot replace directory /%s by a file", name);
            }
            File made = new File(node);
            file.children.put(name, made);
            return made;
        }

        @Override
        public TargetDirectory directory(String name, Node node, boolean overwrite) {
            File there = file.children.computeIfAbsent(name, _ -> new File(node));
            if (!there.node.isDirectory()) {
                throw Failure.invalid("cannot copy to non-directory: /%s", name);
            }
            if (overwrite) {
                there.node = node;
            }
            return new Directory(tree, realPath.isEmpty() ? name : realPath + "/" + name, there);
        }

        @Override
        public void close() {}
    }
}
