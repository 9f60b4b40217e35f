package dev.priok.build.context;

import dev.priok.archive.Compression;
import dev.priok.archive.TarEntry;
import dev.priok.archive.TarReader;
import dev.priok.build.ContextClient;
import dev.priok.build.tree.Node;
import dev.priok.build.tree.PathResolver;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Fd;
import dev.priok.linux.SyscallException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads a tar stream into a {@link SpooledTree}, hashing every file as it passes. */
public final class TarSpooler {
    /** Names kept in memory, some hundred bytes each; a context of more files than this is a mistake. */
    static final int MAXIMUM_ENTRIES = 2_000_000;

    /** PATH_MAX, linux/limits.h; deeper trees could not be written anyway. */
    private static final int MAXIMUM_PATH_LENGTH = 4096;

    private static final int BUFFER_BYTES = 256 << 10;
    private static final int DEFAULT_DIRECTORY_PERMISSIONS = 0755;

    private final Fd spool;
    private final boolean keepOwners;
    private final String what;
    private final SpooledTree.Entry root;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final byte[] chunk = new byte[BUFFER_BYTES];
    private long position;
    private int entries;
    private long linkGroups;

    private TarSpooler(Fd spool, boolean keepOwners, String what) {
        this.what = what;
        this.spool = spool;
        this.keepOwners = keepOwners;
        this.root = directory();
    }

    /**
     * Reads a stream to its end.
     *
     * @param in plain or compressed; an empty stream is an empty tree
     * @param what the stream is, for messages: {@code the build context}
     * @param scratch directory for the bytes, which have no name there
     * @param keepOwners whether owners are taken from the stream; otherwise everything is root's
     * @throws Failure of kind INVALID when it is no tar stream, or breaks off
     */
    public static SpooledTree read(InputStream in, String what, Path scratch, boolean keepOwners) throws IOException {
        Fd spool = NamelessFile.open(scratch);
        try {
            TarSpooler spooler = new TarSpooler(spool, keepOwners, what);
            spooler.readAll(in);
            return new SpooledTree(spool, spooler.root);
        } catch (IOException | RuntimeException e) {
            spool.close();
            throw e;
        }
    }

    /**
     * Reads what a client sends of its own accord, up to the list of the files that it has.
     *
     * @param in plain
     * @param scratch directory for the bytes that came and are not worth keeping
     * @param pool bytes that came in earlier builds
     * @param client is asked for what is needed
     * @param agents takes what the client's ssh agents answer
     * @return the tree, whose closing tells the client that nothing more is needed
     */
    public static SpooledTree readAsked(
            InputStream in, String what, Path scratch, FilePool pool, ContextClient client, AgentCalls agents)
            throws IOException {
        Fd spool = NamelessFile.open(scratch);
        try {
            TarSpooler spooler = new TarSpooler(spool, false, what);
            // Closing the reader would close the caller's stream, and it holds nothing but memory.
            @SuppressWarnings("resource")
            TarReader tar = new TarReader(in);
            List<SpooledTree.Entry> numbered = spooler.readToManifest(tar);
            ContextFeed feed =
                    new ContextFeed(tar, numbered, spooler.root, pool, spool, spooler.position, client, agents);
            return new SpooledTree(spool, spooler.root, Optional.of(feed));
        } catch (IOException | RuntimeException e) {
            spool.close();
            throw e;
        }
    }

    private List<SpooledTree.Entry> readToManifest(TarReader tar) throws IOException {
        try {
            for (Optional<TarEntry> entry = tar.next(); entry.isPresent(); entry = tar.next()) {
                if (entry.get().name().equals(ContextManifest.NAME)) {
                    flush();
                    return ContextManifest.read(tar, root, what);
                }
                add(entry.get(), tar);
            }
        } catch (SyscallException e) {
            throw e;
        } catch (IOException e) {
            throw new Failure(Failure.Kind.INVALID, "error reading " + what + ": " + e.getMessage(), e);
        }
        throw Failure.invalid("error reading %s: it ends before the list of its files", what);
    }

    private void readAll(InputStream in) throws IOException {
        try {
            // Closing the reader would close the caller's stream, and it holds nothing but memory.
            @SuppressWarnings("resource")
            TarReader tar = new TarReader(Compression.decompress(in));
            for (Optional<TarEntry> entry = tar.next(); entry.isPresent(); entry = tar.next()) {
                if (++entries > MAXIMUM_ENTRIES) {
                    throw Failure.invalid("%s has more than %d files", what, MAXIMUM_ENTRIES);
                }
                add(entry.get(), tar);
            }
            tar.drain();
        } catch (SyscallException e) {
            throw e;
        } catch (IOException e) {
            throw new Failure(Failure.Kind.INVALID, "error reading " + what + ": " + e.getMessage(), e);
        }
        flush();
    }

    private static SpooledTree.Entry directory() {
        return new SpooledTree.Entry(Node.directory(DEFAULT_DIRECTORY_PERMISSIONS, 0), null, 0, Optional.empty());
    }

    private void add(TarEntry entry, InputStream data) throws IOException {
        if (entry.name().length() > MAXIMUM_PATH_LENGTH) {
            throw Failure.invalid("%s has a path longer than %d characters", what, MAXIMUM_PATH_LENGTH);
        }
        List<String> path = PathResolver.elements(PathResolver.clean(entry.name()));
        if (path.isEmpty()) {
            if (entry.type() == TarEntry.Type.FOLDER) {
                root.node = node(entry, Node.Type.DIRECTORY, 0);
            }
            return;
        }
        SpooledTree.Entry parent = root;
        for (String name : path.subList(0, path.size() - 1)) {
            // A link in the stream does not lead anywhere: what is said to lie below it replaces it.
            SpooledTree.Entry child = parent.children.get(name);
            if (child == null || !child.node.isDirectory()) {
                child = directory();
                parent.children.put(name, child);
            }
            parent = child;
        }
        String name = path.getLast();
        switch (entry.type()) {
            case FOLDER -> {
                SpooledTree.Entry there = parent.children.get(name);
                if (there != null && there.node.isDirectory()) {
                    there.node = node(entry, Node.Type.DIRECTORY, 0);
                } else {
                    put(parent, name, node(entry, Node.Type.DIRECTORY, 0));
                }
            }
            case FILE -> parent.children.put(name, spooled(entry, data));
            case HARD_LINK -> parent.children.put(name, linked(entry));
            case SYMBOLIC_LINK -> put(parent, name, node(entry, Node.Type.SYMBOLIC_LINK, 0));
            case CHARACTER_DEVICE -> put(parent, name, node(entry, Node.Type.CHARACTER_DEVICE, 0));
            case BLOCK_DEVICE -> put(parent, name, node(entry, Node.Type.BLOCK_DEVICE, 0));
            case FIFO -> put(parent, name, node(entry, Node.Type.FIFO, 0));
        }
    }

    private static void put(SpooledTree.Entry parent, String name, Node node) {
        parent.children.put(name, new SpooledTree.Entry(node, null, 0, Optional.empty()));
    }

    private SpooledTree.Entry linked(TarEntry entry) {
        SpooledTree.Entry target = root;
        for (String element : PathResolver.elements(PathResolver.clean(entry.link()))) {
            SpooledTree.Entry child = target.children.get(element);
            if (child == null) {
                throw Failure.invalid(
                        "error reading %s: %s links to %s, which is not in it", what, entry.name(), entry.link());
            }
            target = child;
        }
        if (target.node.isDirectory()) {
            throw Failure.invalid("error reading %s: %s links to a directory", what, entry.name());
        }
        if (target.node.linkGroup() == 0) {
            target.node = target.node.withLinkGroup(++linkGroups);
        }
        return new SpooledTree.Entry(target.node, target.file, target.offset, target.digest);
    }

    private SpooledTree.Entry spooled(TarEntry entry, InputStream data) throws IOException {
        long offset = position;
        MessageDigest hash = Digest.newSha256();
        for (int n = data.read(chunk); n > 0; n = data.read(chunk)) {
            hash.update(chunk, 0, n);
            write(n);
        }
        Node node = node(entry, Node.Type.REGULAR, position - offset);
        return new SpooledTree.Entry(node, spool, offset, Optional.of(Digest.of(hash.digest())));
    }

    /** Appends {@code length} bytes of {@link #chunk}; small files are gathered so that each costs no call. */
    private void write(int length) throws IOException {
        if (buffer.remaining() < length) {
            flush();
        }
        buffer.put(chunk, 0, length);
        position += length;
    }

    private void flush() throws IOException {
        buffer.flip();
        long start = position - buffer.limit();
        while (buffer.hasRemaining()) {
            DescriptorCalls.host().pwrite(spool, buffer, start + buffer.position());
        }
        buffer.clear();
    }

    private Node node(TarEntry entry, Node.Type type, long size) {
        Map<String, String> xattrs = new LinkedHashMap<>();
        entry.xattrs().forEach((name, value) -> xattrs.put(name, new String(value, StandardCharsets.ISO_8859_1)));
        return new Node(
                type,
                entry.mode(),
                keepOwners ? entry.uid() : 0,
                keepOwners ? entry.gid() : 0,
                size,
                type == Node.Type.SYMBOLIC_LINK ? entry.link() : "",
                entry.deviceMajor(),
                entry.deviceMinor(),
                entry.modifiedSeconds(),
                entry.modifiedNanos(),
                xattrs,
                0);
    }
}
