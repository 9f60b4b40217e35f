package dev.priok.cli.build;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The files of a build context as a list without contents, in the form that decision 0023 describes, and where their contents
 * are.
 */
final class ContextList {
    /** Everything of an entry but its name and a link's target. */
    private static final int MOST_FIXED_BYTES = 128;

    private static final int MOST_TEXT_BYTES = 65_535;

    private final ContextIndex index;
    private final int clearedMode;
    private final List<Source> sources = new ArrayList<>();
    private final Map<Long, Integer> linked = new HashMap<>();
    private ByteBuffer out = ByteBuffer.allocate(1 << 16);

    /**
     * Where an entry's bytes are.
     *
     * @param version of the file on disk; all zero for {@code content}
     * @param content of what is on no disk, else empty
     */
    record Source(Path file, ContextIndex.Version version, ByteBuffer content) {
        static final Source NONE = new Source(Path.of(""), ContextIndex.Version.NONE, ByteBuffer.allocate(0));
    }

    /**
     * Begins a list.
     *
     * @param clearedMode permission bits that are taken away
     */
    ContextList(ContextIndex index, int clearedMode) {
        this.index = index;
        this.clearedMode = clearedMode;
        out.put("priok-context 1\n".getBytes(StandardCharsets.US_ASCII));
    }

    /** Adds everything in a folder and below; what is of no use to others, such as a socket, is left out. */
    void addAll(ContextTree.Folder folder) throws IOException {
        addAll(folder, 1);
    }

    private void addAll(ContextTree.Folder folder, int depth) throws IOException {
        for (ContextTree.Child child : folder.children()) {
            switch (child.type()) {
                case ContextTree.Child.REGULAR -> addFile(child, depth);
                case ContextTree.Child.FOLDER -> {
                    addOther('d', depth, child, clearedMode);
                    addAll(folder.folder(child.name()), depth + 1);
                }
                case ContextTree.Child.PIPE -> addOther('p', depth, child, clearedMode);
                case ContextTree.Child.LINK -> {
                    addOther('l', depth, child, 0);
                    text(Files.readSymbolicLink(child.file()).toString());
                }
                default -> {
                    // A socket or device is nothing to build with.
                }
            }
        }
    }

    private void addOther(char kind, int depth, ContextTree.Child child, int cleared) throws IOException {
        head(kind, depth, child.name(), child.permissions() & ~cleared, child.modifiedSeconds());
        sources.add(Source.NONE);
    }

    private void addFile(ContextTree.Child child, int depth) throws IOException {
        ContextIndex.Version version = child.version();
        int permissions = child.permissions() & ~clearedMode;
        if (child.links() > 1) {
            // Inodes of two file systems may be equal; then one is told as a file of its own.
            long identity = version.inode() * 31 + child.device();
            Integer first = linked.get(identity);
            if (first != null && sources.get(first).version().equals(version)) {
                head('h', depth, child.name(), permissions, child.modifiedSeconds());
                out.putInt(first);
                sources.add(Source.NONE);
                return;
            }
            linked.put(identity, sources.size());
        }
        head('f', depth, child.name(), permissions, child.modifiedSeconds());
        out.putLong(version.size());
        index.putDigest(version, out);
        sources.add(new Source(child.file(), version, Source.NONE.content()));
    }

    /** Adds a file in the root that is on no disk. */
    void add(String name, byte[] content) throws IOException {
        head('f', 1, name, 0600, 0);
        out.putLong(content.length).put((byte) 0);
        sources.add(new Source(Path.of(""), ContextIndex.Version.NONE, ByteBuffer.wrap(content)));
    }

    private void head(char kind, int depth, String name, int permissions, long seconds) throws IOException {
        if (out.remaining() < MOST_FIXED_BYTES + 2 * MOST_TEXT_BYTES) {
            out = ByteBuffer.allocate(2 * out.capacity() + MOST_FIXED_BYTES + 2 * MOST_TEXT_BYTES)
                    .put(out.flip());
        }
        out.put((byte) kind).putShort((short) depth);
        text(name);
        out.putShort((short) permissions).putLong(seconds);
    }

    /** As {@link java.io.DataInput#readUTF} has it, which for nearly every name is its bytes. */
    private void text(String text) throws IOException {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0 || c > 0x7f) {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                new DataOutputStream(bytes).writeUTF(text);
                out.put(bytes.toByteArray());
                return;
            }
        }
        if (text.length() > MOST_TEXT_BYTES) {
            throw new IOException("a name of " + text.length() + " bytes is too long");
        }
        out.putShort((short) text.length());
        out.put(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The whole list. */
    byte[] toBytes() {
        out.put((byte) 0);
        return Arrays.copyOf(out.array(), out.position());
    }

    /** What may be asked for, by number. */
    List<Source> sources() {
        return sources;
    }
}
