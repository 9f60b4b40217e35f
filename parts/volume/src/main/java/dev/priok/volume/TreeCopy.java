package dev.priok.volume;

import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.FileStat;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.Resolve;
import dev.priok.linux.SyscallException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Copies a tree of files with owners, permissions, times, extended attributes, holes and hard links. What has not changed since an
 * earlier copy of the same tree becomes another name of the file there, so that a series of copies takes the space of the changes; what is
 * copied shares its blocks with the original where the file system can.
 *
 * <p>Each copied file remembers, in an extended attribute, which file it was copied from: number, size, and times of the last change.
 * Nobody but the kernel sets the time of a change of a file's attributes (ctime). Sockets are left out: they belong to a process.
 */
public final class TreeCopy {
    private static final String REMEMBERED = "trusted.priok.copied-from";

    /** Two changes within one tick of the clock have the same time; a file that was changed so lately is copied again next time. */
    private static final long TICKS_NANOS = 100_000_000L;

    /** Each level holds three descriptors. */
    private static final int MAXIMUM_DEPTH = 500;

    private static final int FOLDER = OpenFlag.RDONLY | OpenFlag.DIRECTORY;

    private final FileCalls files = FileCalls.host();
    private final FileData data = new FileData();
    private final Fd targetRoot;
    private final boolean remember;
    private final long settledBeforeNanos;
    /** Where files with several names have been copied to, by number; bounded by how many the tree has. */
    private final Map<Long, String> named = new HashMap<>();

    private long count;
    private long bytes;
    private long copied;

    /**
     * What was copied.
     *
     * @param files of any type, without folders
     * @param bytes in regular files
     * @param copiedBytes that had to be read and written
     */
    public record Counts(long files, long bytes, long copiedBytes) {}

    private TreeCopy(Fd targetRoot, boolean remember, Instant now) {
        this.targetRoot = targetRoot;
        this.remember = remember;
        this.settledBeforeNanos = nanos(now.getEpochSecond(), now.getNano()) - TICKS_NANOS;
    }

    /**
     * Copies all below {@code source}, and the attributes of the folder itself. What comes or goes meanwhile may be in the copy or not.
     *
     * @param source folder, open for reading
     * @param target an empty folder, open for reading
     * @param earlier copy of the same tree on the target's file system, open for reading
     * @param remember whether a later copy may take unchanged files from this one; not where other hosts change files
     * @param now by the clock of the kernel that changes the files
     */
    public static Counts copy(Fd source, Fd target, Optional<Fd> earlier, boolean remember, Instant now)
            throws IOException {
        TreeCopy copy = new TreeCopy(target, remember, now);
        copy.folder(source, target, earlier.orElse(null), "", 0);
        return new Counts(copy.count, copy.bytes, copy.copied);
    }

    private static long nanos(long seconds, int nanos) {
        return seconds * 1_000_000_000L + nanos;
    }

    private void folder(Fd source, Fd target, @Nullable Fd earlier, String path, int depth) throws IOException {
        if (depth > MAXIMUM_DEPTH) {
            throw new IOException("folders are nested deeper than " + MAXIMUM_DEPTH + ": " + path);
        }
        for (String name : files.list(source)) {
            Optional<FileStat> found = files.find(source, name);
            if (found.isEmpty()) {
                continue;
            }
            try {
                entry(source, target, earlier, name, path.isEmpty() ? name : path + "/" + name, found.get(), depth);
            } catch (SyscallException e) {
                // A file that went meanwhile; anything else that is not there would be missing now too.
                if (e.errno() != Errno.ENOENT || files.find(source, name).isPresent()) {
                    throw e;
                }
            }
        }
        attributes(source, target, files.stat(source));
    }

    private void entry(Fd source, Fd target, @Nullable Fd earlier, String name, String path, FileStat stat, int depth)
            throws IOException {
        switch (stat.type()) {
            case FileStat.DIRECTORY -> {
                try (Fd from = files.openChild(source, name, FOLDER, 0)) {
                    files.mkdir(target, name, 0700);
                    try (Fd to = files.openChild(target, name, FOLDER, 0);
                            @Nullable Fd before = earlier == null ? null : folder(earlier, name)) {
                        folder(from, to, before, path, depth + 1);
                    }
                }
            }
            case FileStat.REGULAR -> regular(source, target, earlier, name, path);
            case FileStat.SYMBOLIC_LINK -> {
                files.symlink(files.readlink(source, name), target, name);
                node(source, target, name, stat);
            }
            case FileStat.SOCKET -> {}
            default -> {
                files.mknod(target, name, stat.mode(), stat.deviceMajor(), stat.deviceMinor());
                node(source, target, name, stat);
                files.chmod(target, name, stat.permissions());
            }
        }
    }

    private @Nullable Fd folder(Fd parent, String name) throws SyscallException {
        Optional<FileStat> found = files.find(parent, name);
        return found.isPresent() && found.get().isDirectory() ? files.openChild(parent, name, FOLDER, 0) : null;
    }

    private void node(Fd source, Fd target, String name, FileStat stat) throws SyscallException {
        count++;
        files.chown(target, name, stat.uid(), stat.gid());
        try (Fd from = files.openChild(source, name, OpenFlag.PATH, 0);
                Fd to = files.openChild(target, name, OpenFlag.PATH, 0)) {
            if (!stat.isSymbolicLink()) {
                extended(from, to);
            }
        }
        files.setTimes(target, name, stat.modifiedSeconds(), stat.modifiedNanos());
    }

    private void regular(Fd source, Fd target, @Nullable Fd earlier, String name, String path) throws IOException {
        // Whoever puts a pipe in the file's place must not make this wait.
        try (Fd from = files.openChild(source, name, OpenFlag.RDONLY | OpenFlag.NONBLOCK, 0)) {
            FileStat stat = files.stat(from);
            if (!stat.isRegular()) {
                return;
            }
            count++;
            bytes += stat.size();
            String known = stat.links() > 1 ? named.get(stat.inode()) : null;
            if (known != null) {
                try (Fd same =
                        files.openat2(targetRoot, known, OpenFlag.PATH, 0, Resolve.BENEATH | Resolve.NO_SYMLINKS)) {
                    files.link(same, target, name);
                    return;
                }
            }
            if (!linked(earlier, target, name, identity(stat))) {
                write(from, target, name, stat);
            }
            if (stat.links() > 1) {
                named.put(stat.inode(), path);
            }
        }
    }

    /** Takes the file of the earlier copy, if it was made of just this one. */
    private boolean linked(@Nullable Fd earlier, Fd target, String name, byte[] identity) throws SyscallException {
        if (earlier == null
                || files.find(earlier, name).filter(FileStat::isRegular).isEmpty()) {
            return false;
        }
        try (Fd before = files.openChild(earlier, name, OpenFlag.PATH, 0)) {
            Optional<byte[]> had = files.getXattr(before, REMEMBERED);
            if (had.isEmpty() || !Arrays.equals(had.get(), identity)) {
                return false;
            }
            files.link(before, target, name);
            return true;
        } catch (SyscallException e) {
            if (e.errno() == Errno.EMLINK) {
                return false;
            }
            throw e;
        }
    }

    /**
     * A page that a process has mapped changes without the file's times changing, from the first change on until the page is written
     * back. Therefore pages are written back first; if no time has changed meanwhile, no page can be changed unnoticed afterwards.
     */
    private void write(Fd from, Fd target, String name, FileStat before) throws IOException {
        DescriptorCalls.host().writeBack(from);
        FileStat stat = files.stat(from);
        int flags = OpenFlag.RDWR | OpenFlag.CREAT | OpenFlag.EXCL;
        try (Fd to = files.openChild(target, name, flags, 0600)) {
            copied += data.copy(from, to, stat.size());
            attributes(from, to, stat);
            boolean settled = nanos(stat.changedSeconds(), stat.changedNanos()) < settledBeforeNanos;
            if (remember && settled && Arrays.equals(identity(before), identity(stat))) {
                files.setXattr(to, REMEMBERED, identity(stat));
            }
        }
    }

    private static byte[] identity(FileStat stat) {
        return ByteBuffer.allocate(40)
                .putLong(stat.fileSystem())
                .putLong(stat.inode())
                .putLong(stat.size())
                .putLong(nanos(stat.modifiedSeconds(), stat.modifiedNanos()))
                .putLong(nanos(stat.changedSeconds(), stat.changedNanos()))
                .array();
    }

    private void attributes(Fd from, Fd to, FileStat stat) throws SyscallException {
        files.chown(to, stat.uid(), stat.gid());
        files.chmod(to, stat.permissions());
        // Behind the owner, whose change takes capabilities away.
        extended(from, to);
        files.setTimes(to, stat.modifiedSeconds(), stat.modifiedNanos());
    }

    private void extended(Fd from, Fd to) throws SyscallException {
        for (String name : files.listXattr(from)) {
            if (!name.equals(REMEMBERED)) {
                Optional<byte[]> value = files.getXattr(from, name);
                if (value.isPresent()) {
                    files.setXattr(to, name, value.get());
                }
            }
        }
    }
}
