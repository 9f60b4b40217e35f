package dev.priok.build.context;

import dev.priok.build.BuildExtras;
import dev.priok.build.tree.Node;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The list of what a client has in its build context, without contents. Numbers are big-endian, texts are UTF as
 * {@link DataInputStream#readUTF} has it; after {@code priok-context 1\n} follow entries in the order of a walk, each directory
 * before what is in it:
 *
 * <pre>
 * u8 kind: d f l h p    u16 depth, 1 in the root    UTF name    u16 permissions    i64 modified, seconds since 1970
 * f: i64 size, u8 whether its SHA-256 is known, 32 bytes of it      l: UTF target      h: i32 number of the entry that is the same file
 * </pre>
 *
 * and a kind of 0 ends the list. Entries are numbered from 0 (docs/decisions/0023).
 */
final class ContextManifest {
    /** Name of the list in the stream. */
    static final String NAME = BuildExtras.PACK + "/manifest";

    private static final byte[] MAGIC = "priok-context 1\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    private static final int BUFFER_BYTES = 64 << 10;
    private static final int SHA256_BYTES = 32;
    private static final int PERMISSIONS = 07777;

    private final DataInputStream in;
    private final String what;
    private final List<SpooledTree.Entry> entries = new ArrayList<>();
    private long linkGroups;

    private ContextManifest(InputStream in, String what) {
        this.in = new DataInputStream(new BufferedInputStream(in, BUFFER_BYTES));
        this.what = what;
    }

    /**
     * Adds the entries to a tree.
     *
     * @return them, by their numbers
     * @throws Failure of kind INVALID when it is no such list
     */
    static List<SpooledTree.Entry> read(InputStream in, SpooledTree.Entry root, String what) throws IOException {
        ContextManifest manifest = new ContextManifest(in, what);
        try {
            manifest.readAll(root);
        } catch (EOFException e) {
            throw new Failure(Failure.Kind.INVALID, "error reading " + what + ": the list of its files breaks off", e);
        }
        return manifest.entries;
    }

    private void readAll(SpooledTree.Entry root) throws IOException {
        if (!java.util.Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
            throw Failure.invalid("error reading %s: the list of its files is in a format that is not known", what);
        }
        Deque<SpooledTree.Entry> parents = new ArrayDeque<>();
        parents.push(root);
        for (int kind = in.readUnsignedByte(); kind != 0; kind = in.readUnsignedByte()) {
            if (entries.size() >= TarSpooler.MAXIMUM_ENTRIES) {
                throw Failure.invalid("%s has more than %d files", what, TarSpooler.MAXIMUM_ENTRIES);
            }
            int depth = in.readUnsignedShort();
            String name = in.readUTF();
            if (name.isEmpty() || name.indexOf('/') >= 0 || name.equals(".") || name.equals("..")) {
                throw Failure.invalid("error reading %s: \"%s\" is no name", what, name);
            }
            if (depth < 1 || depth > parents.size()) {
                throw Failure.invalid("error reading %s: %s is in no folder of it", what, name);
            }
            while (parents.size() > depth) {
                parents.pop();
            }
            SpooledTree.Entry parent = parents.element();
            SpooledTree.Entry entry = entry(kind, name);
            entries.add(entry);
            SpooledTree.Entry before = parent.children.put(name, entry);
            if (before != null) {
                throw Failure.invalid("error reading %s: %s is in it twice", what, name);
            }
            if (entry.node.isDirectory()) {
                parents.push(entry);
            }
        }
    }

    private SpooledTree.Entry entry(int kind, String name) throws IOException {
        int permissions = in.readUnsignedShort() & PERMISSIONS;
        long modified = in.readLong();
        int number = entries.size();
        return switch (kind) {
            case 'd' -> entry(Node.directory(permissions, modified), number, Optional.empty());
            case 'p' -> entry(special(Node.Type.FIFO, permissions, modified, ""), number, Optional.empty());
            case 'l' ->
                entry(special(Node.Type.SYMBOLIC_LINK, permissions, modified, in.readUTF()), number, Optional.empty());
            case 'f' -> {
                long size = in.readLong();
                if (size < 0) {
                    throw Failure.invalid("error reading %s: the size of %s is below 0", what, name);
                }
                boolean known = in.readUnsignedByte() != 0;
                yield entry(
                        Node.file(permissions, size, modified),
                        number,
                        known ? Optional.of(Digest.of(digest())) : Optional.empty());
            }
            case 'h' -> same(in.readInt(), name);
            default -> throw Failure.invalid("error reading %s: %s is a file of no known kind", what, name);
        };
    }

    private byte[] digest() throws IOException {
        byte[] hash = new byte[SHA256_BYTES];
        in.readFully(hash);
        return hash;
    }

    private static SpooledTree.Entry entry(Node node, int number, Optional<Digest> digest) {
        return new SpooledTree.Entry(node, number, null, 0, digest);
    }

    private static Node special(Node.Type type, int permissions, long modified, String link) {
        return new Node(type, permissions, 0, 0, 0, link, 0, 0, modified, 0, Map.of(), 0);
    }

    /** Both names lead to one entry: what comes for one has come for the other. */
    private SpooledTree.Entry same(int number, String name) {
        if (number < 0 || number >= entries.size() || !entries.get(number).node.isRegular()) {
            throw Failure.invalid("error reading %s: %s links to what is no file in it", what, name);
        }
        SpooledTree.Entry target = entries.get(number);
        if (target.node.linkGroup() == 0) {
            target.node = target.node.withLinkGroup(++linkGroups);
        }
        return target;
    }
}
