package dev.priok.snapshot.internal;

import dev.priok.archive.TarEntry;
import dev.priok.archive.TarReader;
import dev.priok.core.Failure;
import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.FileStat;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.SyscallException;
import dev.priok.snapshot.Unpacking;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Makes the members of a tar in a tree: create, owner, attributes, permissions, times, in that order, since a change of owner
 * clears capabilities and set-id bits. Times of folders come last, in {@link #finish}. For one thread.
 */
final class EntryWriter implements AutoCloseable {
    private static final int BUFFER_BYTES = 256 << 10;
    /** Holes are found in units of this many zeros. */
    private static final int HOLE_BYTES = 4096;
    /** Permissions without these are what open(2) gives already. */
    private static final int UMASK = umask();

    private final FileCalls files = FileCalls.host();
    private final DescriptorCalls descriptors = DescriptorCalls.host();
    private final Unpacking how;
    private final Folders folders;
    private final Map<String, Times> folderTimes = new LinkedHashMap<>();
    private final byte[] heap = new byte[BUFFER_BYTES];
    private final ByteBuffer direct = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private long bytes;

    private record Times(long seconds, int nanos) {}

    /** The process's umask; all bits when it cannot be read, so that every mode is set. */
    private static int umask() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("Umask:"))
                    .map(line ->
                            Integer.parseInt(line.substring("Umask:".length()).strip(), 8))
                    .findFirst()
                    .orElse(0777);
        } catch (IOException _) {
            return 0777;
        }
    }

    EntryWriter(Fd root, Unpacking how) {
        this.folders = new Folders(root);
        this.how = how;
    }

    Folders folders() {
        return folders;
    }

    /** Bytes of files so far. */
    long bytes() {
        return bytes;
    }

    /** Makes one member, whose content is read from {@code tar}. */
    void write(TarEntry entry, TarPath path, TarReader tar) throws IOException {
        if (path.isRoot()) {
            root(entry);
            return;
        }
        try {
            Fd folder = folders.at(path.folder());
            switch (entry.type()) {
                case FILE -> file(entry, path, folder, tar);
                case FOLDER -> folder(entry, path, folder);
                case HARD_LINK -> hardLink(entry, path, folder);
                case SYMBOLIC_LINK -> symbolicLink(entry, path, folder);
                case CHARACTER_DEVICE -> node(entry, path, folder, FileStat.CHARACTER_DEVICE);
                case BLOCK_DEVICE -> node(entry, path, folder, FileStat.BLOCK_DEVICE);
                case FIFO -> node(entry, path, folder, FileStat.FIFO);
            }
        } catch (SyscallException e) {
            throw blame(entry, e);
        }
    }

    /** Errors that the tar is to blame for, and not the disk. */
    private static IOException blame(TarEntry entry, SyscallException e) {
        return switch (e.errno()) {
            case ENAMETOOLONG, ELOOP, ENOTDIR, EISDIR, EXDEV ->
                throw new Failure(
                        Failure.Kind.INVALID, "invalid tar: cannot make " + entry.name() + ": " + e.getMessage(), e);
            default -> new IOException("unpacking %s: %s".formatted(entry.name(), e.getMessage()), e);
        };
    }

    private void root(TarEntry entry) throws IOException {
        if (entry.type() != TarEntry.Type.FOLDER) {
            throw Failure.invalid("invalid tar: the root is not a folder");
        }
        folders.implied().remove("");
        own(folders.root(), entry);
        files.chmod(folders.root(), entry.mode());
        folderTimes.put("", new Times(entry.modifiedSeconds(), entry.modifiedNanos()));
    }

    private void file(TarEntry entry, TarPath path, Fd folder, TarReader tar) throws IOException {
        int flags = OpenFlag.WRONLY | OpenFlag.CREAT | OpenFlag.EXCL;
        int mode = entry.mode() & 0777;
        Fd opened;
        try {
            opened = files.openChild(folder, path.name(), flags, mode);
        } catch (SyscallException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
            opened = files.openChild(makeRoom(path, entry.type()), path.name(), flags, mode);
        }
        try (Fd file = opened) {
            if (tar.isSparse()) {
                copySparse(tar, file, entry.size());
            } else {
                copy(tar, file);
            }
            own(file, entry);
            if ((entry.mode() & (UMASK | ~0777)) != 0) {
                files.chmod(file, entry.mode());
            }
            files.setTimes(file, entry.modifiedSeconds(), entry.modifiedNanos());
        }
        bytes += entry.size();
    }

    private void copy(InputStream from, Fd file) throws IOException {
        int n = from.read(heap);
        while (n >= 0) {
            writeFully(file, n);
            n = from.read(heap);
        }
    }

    private void writeFully(Fd file, int n) throws IOException {
        direct.clear().put(heap, 0, n).flip();
        while (direct.hasRemaining()) {
            descriptors.write(file, direct);
        }
    }

    private void copySparse(InputStream from, Fd file, long size) throws IOException {
        long at = 0;
        int n = from.readNBytes(heap, 0, heap.length);
        while (n > 0) {
            for (int i = 0; i < n; i += HOLE_BYTES) {
                int end = Math.min(n, i + HOLE_BYTES);
                if (!isZero(i, end)) {
                    direct.clear().put(heap, i, end - i).flip();
                    long offset = at + i;
                    while (direct.hasRemaining()) {
                        offset += descriptors.pwrite(file, direct, offset);
                    }
                }
            }
            at += n;
            n = from.readNBytes(heap, 0, heap.length);
        }
        descriptors.truncate(file, size);
    }

    private boolean isZero(int from, int to) {
        for (int i = from; i < to; i++) {
            if (heap[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private void folder(TarEntry entry, TarPath path, Fd parent) throws IOException {
        Fd above = parent;
        try {
            files.mkdir(above, path.name(), 0755);
        } catch (SyscallException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
            FileStat there = files.stat(above, path.name());
            if (!there.isDirectory()) {
                boolean whiteout = there.isWhiteout();
                above = makeRoom(path, entry.type());
                files.mkdir(above, path.name(), 0755);
                if (whiteout) {
                    // The layer deletes what was there and makes a new folder: nothing below may show through.
                    OverlayForm.current().makeOpaque(above, path.name());
                }
            }
        }
        Fd folder = files.openChild(above, path.name(), OpenFlag.RDONLY | OpenFlag.DIRECTORY, 0);
        folders.adopt(path.whole(), folder);
        own(folder, entry);
        files.chmod(folder, entry.mode());
        folderTimes.put(path.whole(), new Times(entry.modifiedSeconds(), entry.modifiedNanos()));
    }

    private void hardLink(TarEntry entry, TarPath path, Fd folder) throws IOException {
        TarPath target = TarPath.of(entry.link());
        if (target.isRoot() || target.equals(path)) {
            throw Failure.invalid("invalid tar: %s is a hard link to %s", entry.name(), entry.link());
        }
        try {
            if (files.find(folder, path.name()).isPresent()) {
                makeRoom(path, entry.type());
            }
            Fd targetFolder = folders.at(target.folder());
            files.link(targetFolder, target.name(), folders.at(path.folder()), path.name());
        } catch (SyscallException e) {
            if (e.errno() == Errno.ENOENT) {
                throw new Failure(
                        Failure.Kind.INVALID,
                        "invalid tar: %s is a hard link to %s, which is not there"
                                .formatted(entry.name(), entry.link()),
                        e);
            }
            throw e;
        }
    }

    private void symbolicLink(TarEntry entry, TarPath path, Fd folder) throws IOException {
        if (entry.link().isEmpty() || entry.link().indexOf('\0') >= 0) {
            throw Failure.invalid("invalid tar: %s is a link to nothing", entry.name());
        }
        Fd above = folder;
        try {
            files.symlink(entry.link(), above, path.name());
        } catch (SyscallException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
            above = makeRoom(path, entry.type());
            files.symlink(entry.link(), above, path.name());
        }
        if (how.owners()) {
            files.chown(above, path.name(), uid(entry), gid(entry));
        }
        if (!entry.xattrs().isEmpty()) {
            try (Fd link = files.openChild(above, path.name(), OpenFlag.PATH, 0)) {
                attributes(link, entry);
            }
        }
        files.setTimes(above, path.name(), entry.modifiedSeconds(), entry.modifiedNanos());
    }

    private void node(TarEntry entry, TarPath path, Fd folder, int type) throws IOException {
        Fd above = folder;
        if (files.find(above, path.name()).isPresent()) {
            above = makeRoom(path, entry.type());
        }
        if (type == FileStat.CHARACTER_DEVICE && entry.deviceMajor() == 0 && entry.deviceMinor() == 0) {
            throw Failure.invalid(
                    "invalid tar: %s is a character device 0:0, overlay's mark of a deletion", entry.name());
        }
        files.mknod(above, path.name(), type | (entry.mode() & 0777), entry.deviceMajor(), entry.deviceMinor());
        try (Fd node = files.openChild(above, path.name(), OpenFlag.PATH, 0)) {
            own(node, entry);
            // There is no chmod on an O_PATH descriptor before Linux 6.6; its name in /proc leads to this very inode.
            files.chmod(node, node.procPath(), entry.mode());
        }
        files.setTimes(above, path.name(), entry.modifiedSeconds(), entry.modifiedNanos());
    }

    private void own(Fd file, TarEntry entry) throws IOException {
        if (how.owners()) {
            files.chown(file, uid(entry), gid(entry));
        }
        if (!entry.xattrs().isEmpty()) {
            attributes(file, entry);
        }
    }

    private int uid(TarEntry entry) {
        return how.owner().isPresent() ? how.owner().get().uid() : entry.uid();
    }

    private int gid(TarEntry entry) {
        return how.owner().isPresent() ? how.owner().get().gid() : entry.gid();
    }

    private void attributes(Fd file, TarEntry entry) throws IOException {
        for (Map.Entry<String, byte[]> xattr : entry.xattrs().entrySet()) {
            if (!OverlayForm.isOverlays(xattr.getKey())) {
                try {
                    files.setXattr(file, xattr.getKey(), xattr.getValue());
                } catch (SyscallException e) {
                    if (!OverlayForm.mayIgnore(xattr.getKey(), e.errno())) {
                        throw e;
                    }
                }
            }
        }
    }

    /** Removes what is in the way of a new member, and returns its folder, opened anew. */
    private Fd makeRoom(TarPath path, TarEntry.Type type) throws IOException {
        Fd folder = folders.at(path.folder());
        boolean isFolder = files.stat(folder, path.name()).isDirectory();
        if (how.keepKinds() && isFolder) {
            throw Failure.invalid(
                    "cannot overwrite directory \"/%s\" with non-directory \"/%s\"", path.whole(), path.whole());
        }
        if (how.keepKinds() && type == TarEntry.Type.FOLDER) {
            throw Failure.invalid(
                    "cannot overwrite non-directory \"/%s\" with directory \"/%s\"", path.whole(), path.whole());
        }
        new TreeRemoval().remove(folder, path.name());
        folders.forget();
        folderTimes.remove(path.whole());
        return folders.at(path.folder());
    }

    /** Sets the times of folders, now that nothing is added to them any more. */
    void finish() throws IOException {
        for (Map.Entry<String, Times> folder : folderTimes.entrySet()) {
            Times times = folder.getValue();
            if (folder.getKey().isEmpty()) {
                files.setTimes(folders.root(), times.seconds(), times.nanos());
            } else {
                TarPath path = TarPath.split(folder.getKey());
                Fd above = folders.at(path.folder());
                if (files.find(above, path.name()).isPresent()) {
                    files.setTimes(above, path.name(), times.seconds(), times.nanos());
                }
            }
        }
    }

    @Override
    public void close() {
        folders.close();
    }
}
