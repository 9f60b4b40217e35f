package dev.priok.build.context;

import dev.priok.build.ignore.IgnoreRules;
import dev.priok.build.tree.Content;
import dev.priok.build.tree.Node;
import dev.priok.build.tree.PathResolver;
import dev.priok.build.tree.SourceTree;
import dev.priok.core.Digest;
import dev.priok.linux.Fd;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A tree whose names and attributes are in memory and whose bytes lie one after the other in a file without a name. No
 * name of the stream it came from is ever a name on the host. Closing it gives the space back.
 */
public final class SpooledTree implements SourceTree, AutoCloseable {
    private final Fd spool;
    private final Entry root;
    private final Optional<ContextFeed> feed;

    /** The directory that was asked about last: nearly always the next file is in it too. Any thread may write it. */
    private volatile Place last;

    SpooledTree(Fd spool, Entry root) {
        this(spool, root, Optional.empty());
    }

    /**
     * A tree whose bytes may still be with the client.
     *
     * @param feed brings them
     */
    SpooledTree(Fd spool, Entry root, Optional<ContextFeed> feed) {
        this.spool = spool;
        this.root = root;
        this.feed = feed;
        this.last = new Place("", root);
    }

    /** A directory by its path. */
    private record Place(String path, Entry entry) {}

    /** One file: its node, its names below it when it is a directory, and where its bytes are when it is regular. */
    static final class Entry {
        Node node;
        final NavigableMap<String, Entry> children = new TreeMap<>();

        /** Position in what the client said that there is; -1 for what came without being asked for. */
        final int number;

        /** Where its bytes are; nothing while they are with the client. */
        @Nullable
        Fd file;

        long offset;
        Optional<Digest> digest;

        Entry(Node node, @Nullable Fd file, long offset, Optional<Digest> digest) {
            this(node, -1, file, offset, digest);
        }

        Entry(Node node, int number, @Nullable Fd file, long offset, Optional<Digest> digest) {
            this.node = node;
            this.number = number;
            this.file = file;
            this.offset = offset;
            this.digest = digest;
        }
    }

    private Optional<Entry> entry(String realPath) {
        int slash = realPath.lastIndexOf('/');
        if (slash <= 0 || slash == realPath.length() - 1) {
            return walk(realPath);
        }
        String parent = realPath.substring(0, slash);
        Place known = last;
        if (!known.path.equals(parent)) {
            Optional<Entry> found = walk(parent);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            known = new Place(parent, found.get());
            last = known;
        }
        return Optional.ofNullable(known.entry.children.get(realPath.substring(slash + 1)));
    }

    private Optional<Entry> walk(String realPath) {
        Entry entry = root;
        for (String name : PathResolver.elements(realPath)) {
            Entry child = entry.children.get(name);
            if (child == null) {
                return Optional.empty();
            }
            entry = child;
        }
        return Optional.of(entry);
    }

    private Entry required(String realPath) throws IOException {
        return entry(realPath).orElseThrow(() -> new FileNotFoundException(realPath));
    }

    @Override
    public Optional<String> resolve(String path) throws IOException {
        return PathResolver.resolve(path, p -> entry(p).map(e -> e.node));
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
        Entry entry = required(realPath);
        Fd file = entry.file;
        if (file == null) {
            fetch(List.of(realPath), Need.CONTENTS);
            file = entry.file;
        }
        if (file == null) {
            throw new IOException(realPath + " is no regular file");
        }
        return new Content.Range(file, entry.offset, entry.node.size());
    }

    @Override
    public Digest contentDigest(String realPath) throws IOException {
        Entry entry = required(realPath);
        if (entry.digest.isEmpty()) {
            fetch(List.of(realPath), Need.DIGESTS);
        }
        return entry.digest.orElseThrow(() -> new IOException(realPath + " is no regular file"));
    }

    @Override
    public boolean isRemote() {
        return feed.isPresent();
    }

    @Override
    public void fetch(List<String> realPaths, Need need) throws IOException {
        if (feed.isPresent()) {
            List<Entry> entries = new ArrayList<>(realPaths.size());
            for (String path : realPaths) {
                entries.add(required(path));
            }
            feed.get().bring(entries, need);
        }
    }

    /**
     * Takes a directory of the root out, which is then a tree of its own over the same bytes and must not be closed; nothing when
     * there is none.
     */
    public Optional<SpooledTree> detach(String name) {
        Entry entry = root.children.get(name);
        if (entry == null || !entry.node.isDirectory()) {
            return Optional.empty();
        }
        root.children.remove(name);
        last = new Place("", root);
        return Optional.of(new SpooledTree(spool, entry, feed));
    }

    /**
     * Takes away what the rules ignore; what is looked at afterwards is as if it had never been sent.
     */
    public void remove(IgnoreRules rules) {
        if (!rules.rules().isEmpty()) {
            remove(rules, root, "");
            last = new Place("", root);
        }
    }

    private static void remove(IgnoreRules rules, Entry directory, String path) {
        directory.children.entrySet().removeIf(child -> {
            String childPath = path.isEmpty() ? child.getKey() : path + "/" + child.getKey();
            boolean excluded = rules.excludedBy(childPath).isPresent();
            Entry entry = child.getValue();
            if (!entry.node.isDirectory() || (excluded && !rules.hasExceptions())) {
                return excluded;
            }
            remove(rules, entry, childPath);
            return excluded && entry.children.isEmpty();
        });
    }

    @Override
    public void close() {
        feed.ifPresent(ContextFeed::close);
        spool.close();
    }
}
