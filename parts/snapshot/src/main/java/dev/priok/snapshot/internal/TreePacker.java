package dev.priok.snapshot.internal;

import dev.priok.archive.TarEntry;
import dev.priok.archive.TarWriter;
import dev.priok.core.Failure;
import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.FileStat;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.SyscallException;
import dev.priok.snapshot.Owners;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Writes a tree as a tar, in the order of names, so that equal trees give equal bytes: hard links as links to the first name,
 * capabilities and user attributes kept, sockets left out. With {@link Marks} a layer's deletions are written as whiteouts. For
 * one thread.
 */
final class TreePacker {
    private static final int BUFFER_BYTES = 256 << 10;
    /** A deeper tree cannot be named by a path of 4,096 bytes, and would use up descriptors and stack. */
    private static final int MAXIMUM_DEPTH = 1024;

    private final FileCalls files = FileCalls.host();
    private final DescriptorCalls descriptors = DescriptorCalls.host();
    private final TarWriter tar;
    private final Marks marks;
    private final OptionalLong latest;
    private final Owners owners;
    private final Map<Inode, String> linked = new HashMap<>();
    private final ByteBuffer direct = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final byte[] heap = new byte[BUFFER_BYTES];
    private long bytes;
    private long members;

    private record Named(String name, FileStat stat) {}

    private record Inode(long fileSystem, long number) {}

    /** What overlay's marks become. */
    interface Marks {
        /** A merged tree, where marks are ordinary files. */
        Marks NONE = new Marks() {
            @Override
            public boolean whiteouts() {
                return false;
            }

            @Override
            public boolean hidesLower(Fd folder, String path) {
                return false;
            }
        };

        /** Whether a character device 0:0 means a deletion. */
        boolean whiteouts();

        /** Whether the open folder hides one below it. */
        boolean hidesLower(Fd folder, String path) throws IOException;
    }

    TreePacker(TarWriter tar, Marks marks) {
        this(tar, marks, OptionalLong.empty(), Owners.SAME);
    }

    /** Packs with the owners inside. */
    TreePacker(TarWriter tar, Marks marks, Owners owners) {
        this(tar, marks, OptionalLong.empty(), owners);
    }

    /**
     * Packs for one tar.
     *
     * @param latest whatever is younger gets this time, in seconds since 1970, in the tree too
     */
    TreePacker(TarWriter tar, Marks marks, OptionalLong latest) {
        this(tar, marks, latest, Owners.SAME);
    }

    private TreePacker(TarWriter tar, Marks marks, OptionalLong latest, Owners owners) {
        this.tar = tar;
        this.marks = marks;
        this.latest = latest;
        this.owners = owners;
    }

    /** Bytes of files so far. */
    long bytes() {
        return bytes;
    }

    /** Members so far. */
    long members() {
        return members;
    }

    /** Writes what is in an open folder; names in the tar begin with {@code prefix}. */
    void packContents(Fd folder, String prefix) throws IOException {
        packContents(folder, prefix, 0);
    }

    private void packContents(Fd folder, String prefix, int depth) throws IOException {
        if (depth > MAXIMUM_DEPTH) {
            throw Failure.invalid("%s: more than %d folders deep", prefix, MAXIMUM_DEPTH);
        }
        List<String> names = files.list(folder);
        Collections.sort(names);
        // Deletions first: who unpacks in one pass must not delete what the layer itself brings.
        List<Named> others = new ArrayList<>(names.size());
        for (String name : names) {
            FileStat stat = files.find(folder, name).orElse(null);
            if (stat != null) {
                age(folder, name, stat);
            }
            if (stat != null && marks.whiteouts() && stat.isWhiteout()) {
                put(TarEntry.file(prefix + LayerUnpacker.WHITEOUT + name, 0, 0, 0));
            } else if (stat != null) {
                others.add(new Named(name, stat));
            }
        }
        for (Named other : others) {
            try {
                pack(folder, other.name(), prefix + other.name(), other.stat(), depth);
            } catch (SyscallException e) {
                // A container that runs may have deleted it since it was listed; nothing of it is written yet.
                if (e.errno() != Errno.ENOENT) {
                    throw e;
                }
            }
        }
    }

    /** Writes one name of an open folder, with all below it, as {@code path}. */
    void pack(Fd folder, String name, String path) throws IOException {
        pack(folder, name, path, files.stat(folder, name), 0);
    }

    private void pack(Fd folder, String name, String path, FileStat stat, int depth) throws IOException {
        switch (stat.type()) {
            case FileStat.DIRECTORY -> packFolder(folder, name, path, stat, depth);
            case FileStat.REGULAR -> packFile(folder, name, path, stat);
            case FileStat.SYMBOLIC_LINK -> {
                if (!packedAsLink(path, stat)) {
                    put(entry(path, TarEntry.Type.SYMBOLIC_LINK, stat, 0, files.readlink(folder, name)));
                }
            }
            case FileStat.CHARACTER_DEVICE -> packNode(path, TarEntry.Type.CHARACTER_DEVICE, stat);
            case FileStat.BLOCK_DEVICE -> packNode(path, TarEntry.Type.BLOCK_DEVICE, stat);
            case FileStat.FIFO -> packNode(path, TarEntry.Type.FIFO, stat);
            default -> {
                // A socket is of no use without the process behind it, and tar has no form for it.
            }
        }
    }

    private void packFolder(Fd parent, String name, String path, FileStat stat, int depth) throws IOException {
        try (Fd folder = files.openChild(parent, name, OpenFlag.RDONLY | OpenFlag.DIRECTORY, 0)) {
            TarEntry entry = entry(path + "/", TarEntry.Type.FOLDER, stat, 0, "");
            put(entry.withXattrs(attributes(folder)));
            if (marks.hidesLower(folder, path)) {
                put(TarEntry.file(path + "/" + LayerUnpacker.OPAQUE, 0, 0, 0));
            }
            packContents(folder, path + "/", depth + 1);
        }
    }

    private void packNode(String path, TarEntry.Type type, FileStat stat) throws IOException {
        if (!packedAsLink(path, stat)) {
            put(entry(path, type, stat, 0, ""));
        }
    }

    private void packFile(Fd folder, String name, String path, FileStat stat) throws IOException {
        if (packedAsLink(path, stat)) {
            return;
        }
        try (Fd file = files.openChild(folder, name, OpenFlag.RDONLY | OpenFlag.NONBLOCK, 0)) {
            TarEntry entry = entry(path, TarEntry.Type.FILE, stat, stat.size(), "");
            put(entry.withXattrs(attributes(file)));
            copy(file, stat.size(), path);
            bytes += stat.size();
        }
    }

    private void copy(Fd file, long size, String path) throws IOException {
        long left = size;
        while (left > 0) {
            direct.clear().limit((int) Math.min(BUFFER_BYTES, left));
            int n = descriptors.read(file, direct);
            if (n <= 0) {
                throw new IOException("%s became shorter while it was read".formatted(path));
            }
            direct.flip().get(heap, 0, n);
            tar.write(heap, 0, n);
            left -= n;
        }
    }

    /** Whether the inode has been written under another name, and is now written as a link to it. */
    private boolean packedAsLink(String path, FileStat stat) throws IOException {
        if (stat.links() < 2) {
            return false;
        }
        String first = linked.putIfAbsent(new Inode(stat.fileSystem(), stat.inode()), path);
        if (first == null) {
            return false;
        }
        put(entry(path, TarEntry.Type.HARD_LINK, stat, 0, first));
        return true;
    }

    private void put(TarEntry entry) throws IOException {
        members++;
        tar.put(entry);
    }

    /** Makes what is too young as old as it may be; folders keep that, as nothing is written into them any more. */
    private void age(Fd folder, String name, FileStat stat) throws IOException {
        if (isTooYoung(stat) && !stat.isWhiteout()) {
            files.setTimes(folder, name, latest.getAsLong(), 0);
        }
    }

    private boolean isTooYoung(FileStat stat) {
        return latest.isPresent()
                && (stat.modifiedSeconds() > latest.getAsLong()
                        || (stat.modifiedSeconds() == latest.getAsLong() && stat.modifiedNanos() > 0));
    }

    private TarEntry entry(String path, TarEntry.Type type, FileStat stat, long size, String link) {
        boolean device = type == TarEntry.Type.CHARACTER_DEVICE || type == TarEntry.Type.BLOCK_DEVICE;
        return owners.inside(new TarEntry(
                path,
                type,
                stat.permissions(),
                stat.uid(),
                stat.gid(),
                size,
                isTooYoung(stat) ? latest.getAsLong() : stat.modifiedSeconds(),
                0,
                link,
                device ? stat.deviceMajor() : 0,
                device ? stat.deviceMinor() : 0,
                Collections.emptySortedMap()));
    }

    /** The attributes that images keep: capabilities and the user's own. */
    private SortedMap<String, byte[]> attributes(Fd file) throws IOException {
        List<String> names = files.listXattr(file);
        if (names.isEmpty()) {
            return Collections.emptySortedMap();
        }
        SortedMap<String, byte[]> kept = new TreeMap<>();
        for (String name : names) {
            boolean keep =
                    name.equals("security.capability") || (name.startsWith("user.") && !OverlayForm.isOverlays(name));
            if (keep) {
                files.getXattr(file, name).ifPresent(value -> kept.put(name, value));
            }
        }
        return kept;
    }
}
