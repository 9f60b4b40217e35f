package dev.priok.cli.build;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The files of a build context as a list without contents, in the form that decision 0023 describes, and where their contents
 * are.
 */
final class ContextList {
    private static final int TYPE_MASK = 0170000;
    private static final int REGULAR = 0100000;
    private static final int FOLDER = 0040000;
    private static final int LINK = 0120000;
    private static final int PIPE = 0010000;
    private static final String ATTRIBUTES = "unix:mode,size,lastModifiedTime,ctime,nlink,ino,dev";

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 16);
    private final DataOutputStream out = new DataOutputStream(bytes);
    private final ContextIndex index;
    private final int clearedMode;
    private final List<Source> sources = new ArrayList<>();
    private final Map<Long, Integer> linked = new HashMap<>();

    /**
     * Where an entry's bytes are.
     *
     * @param version of the file on disk; all zero for {@code content}
     * @param content of what is on no disk, else empty
     */
    record Source(Path file, ContextIndex.Version version, ByteBuffer content) {
        static final Source NONE =
                new Source(Path.of(""), new ContextIndex.Version(0, 0, 0, 0), ByteBuffer.allocate(0));
    }

    /**
     * Begins a list.
     *
     * @param clearedMode permission bits that are taken away
     */
    ContextList(ContextIndex index, int clearedMode) throws IOException {
        this.index = index;
        this.clearedMode = clearedMode;
        out.write("priok-context 1\n".getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * Adds a file, link or folder without its children; what is of no use to others, such as a socket, is left out.
     *
     * @param depth 1 in the root
     * @return whether it is a folder
     */
    boolean add(Path file, String name, int depth) throws IOException {
        Map<String, Object> facts = Files.readAttributes(file, ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
        int mode = (int) number(facts, "mode");
        long modified = nanos(facts, "lastModifiedTime");
        long seconds = Math.floorDiv(modified, 1_000_000_000L);
        int permissions = mode & 07777 & ~clearedMode;
        int type = mode & TYPE_MASK;
        if (type == REGULAR) {
            addFile(file, name, depth, permissions, seconds, facts);
        } else if (type == FOLDER || type == PIPE) {
            head(type == FOLDER ? 'd' : 'p', depth, name, permissions, seconds);
            sources.add(Source.NONE);
        } else if (type == LINK) {
            head('l', depth, name, mode & 07777, seconds);
            out.writeUTF(Files.readSymbolicLink(file).toString());
            sources.add(Source.NONE);
        }
        return type == FOLDER;
    }

    private void addFile(Path file, String name, int depth, int permissions, long seconds, Map<String, Object> facts)
            throws IOException {
        ContextIndex.Version version = version(facts);
        if (number(facts, "nlink") > 1) {
            // Inodes of two file systems may be equal; then one is told as a file of its own.
            long identity = version.inode() * 31 + number(facts, "dev");
            Integer first = linked.get(identity);
            if (first != null && sources.get(first).version().equals(version)) {
                head('h', depth, name, permissions, seconds);
                out.writeInt(first);
                sources.add(Source.NONE);
                return;
            }
            linked.put(identity, sources.size());
        }
        head('f', depth, name, permissions, seconds);
        out.writeLong(version.size());
        byte[] digest = index.find(version);
        out.writeByte(digest.length > 0 ? 1 : 0);
        out.write(digest);
        sources.add(new Source(file, version, ByteBuffer.allocate(0)));
    }

    /** Adds a file in the root that is on no disk. */
    void add(String name, byte[] content) throws IOException {
        head('f', 1, name, 0600, 0);
        out.writeLong(content.length);
        out.writeByte(0);
        sources.add(new Source(Path.of(""), Source.NONE.version(), ByteBuffer.wrap(content)));
    }

    private void head(char kind, int depth, String name, int permissions, long seconds) throws IOException {
        out.writeByte(kind);
        out.writeShort(depth);
        out.writeUTF(name);
        out.writeShort(permissions);
        out.writeLong(seconds);
    }

    /** The whole list. */
    byte[] toBytes() throws IOException {
        out.writeByte(0);
        return bytes.toByteArray();
    }

    /** What may be asked for, by number. */
    List<Source> sources() {
        return sources;
    }

    /** What a file on disk is now. */
    static ContextIndex.Version version(Path file) throws IOException {
        return version(Files.readAttributes(file, ATTRIBUTES, LinkOption.NOFOLLOW_LINKS));
    }

    private static ContextIndex.Version version(Map<String, Object> facts) {
        return new ContextIndex.Version(
                number(facts, "ino"), number(facts, "size"), nanos(facts, "lastModifiedTime"), nanos(facts, "ctime"));
    }

    private static long number(Map<String, Object> facts, String name) {
        return facts.get(name) instanceof Number number ? number.longValue() : 0;
    }

    private static long nanos(Map<String, Object> facts, String name) {
        return facts.get(name) instanceof FileTime time ? time.to(TimeUnit.NANOSECONDS) : 0;
    }
}
