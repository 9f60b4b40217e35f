package dev.priok.snapshot;

import dev.priok.archive.TarWriter;
import dev.priok.core.Failure;
import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.FileStat;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.Resolve;
import dev.priok.linux.SyscallException;
import dev.priok.snapshot.internal.TreeTars;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Files in and out of a root file system, with the semantics of {@code docker cp} and {@code docker export}. The root is an open
 * descriptor: of a {@link Tree}, or of {@code /proc/PID/root} while the container runs. Paths are the container's: links in
 * them are followed by the kernel with the root as its {@code /}, so nothing outside can be reached, not even while
 * the container changes its files.
 */
public final class RootFiles {
    private RootFiles() {}

    /**
     * Looks at a path; a link at its end is not followed unless a slash or {@code /.} comes behind.
     *
     * @throws Failure of kind {@link Failure.Kind#NOT_FOUND} in Docker's words, {@link Failure.Kind#INVALID} when something on the way,
     *     or before a slash at the end, is no folder
     */
    public static PathStat stat(Fd root, String path) throws IOException {
        FileCalls files = FileCalls.host();
        try (Fd file = open(root, path)) {
            FileStat stat = files.stat(file);
            String target = stat.isSymbolicLink() ? TreeTars.linkTarget(root, path) : "";
            return new PathStat(
                    TreeTars.baseName(path),
                    stat.size(),
                    stat.mode(),
                    stat.modifiedSeconds(),
                    stat.modifiedNanos(),
                    target);
        }
    }

    /**
     * Writes a file or folder as a tar whose members begin with the last part of the path, {@code .} for a path that ends so. Does
     * not close {@code out}.
     *
     * @throws Failure of kind {@link Failure.Kind#NOT_FOUND}
     */
    public static void pack(Fd root, String path, OutputStream out) throws IOException {
        pack(root, path, TreeTars.baseName(path), Owners.SAME, out);
    }

    /** The same with another name for what is packed, as of a volume's root that has the name of where it is mounted. */
    public static void pack(Fd root, String path, String name, Owners owners, OutputStream out) throws IOException {
        try (Fd file = open(root, path);
                TarWriter tar = TreeTars.writer(out)) {
            TreeTars.pack(root, file, path, name, owners, tar);
        }
    }

    /** Writes a whole root file system as a tar: what {@code docker export} does. Does not close {@code out}. */
    public static void export(Fd root, Owners owners, OutputStream out) throws IOException {
        try (TarWriter tar = TreeTars.writer(out)) {
            TreeTars.export(root, owners, tar);
        }
    }

    /**
     * Unpacks a tar, uncompressed, into the folder at {@code path}. Does not close {@code tar}.
     *
     * @throws Failure of kind {@link Failure.Kind#NOT_FOUND} without the path, {@link Failure.Kind#INVALID} when it is not a folder or
     *     the tar is broken or malicious
     */
    public static void unpack(Fd root, String path, InputStream tar, Unpacking how) throws IOException {
        TreeTars.unpack(root, path, tar, how, Owners.SAME);
    }

    /**
     * The same into a tree whose owners are mapped. Call it on a thread that acts as a user of that tree: others cannot make files
     * there.
     */
    public static void unpack(Fd root, String path, InputStream tar, Unpacking how, Owners owners) throws IOException {
        TreeTars.unpack(root, path, tar, how, owners);
    }

    private static Fd open(Fd root, String path) throws IOException {
        try {
            boolean follow = path.endsWith("/") || path.endsWith("/.");
            int flags = OpenFlag.PATH | (follow ? OpenFlag.DIRECTORY : OpenFlag.NOFOLLOW);
            return FileCalls.host().openat2(root, TreeTars.inRoot(path), flags, 0, Resolve.INSIDE);
        } catch (SyscallException e) {
            if (e.errno() == Errno.ENOTDIR) {
                throw new Failure(Failure.Kind.INVALID, "lstat %s: not a directory".formatted(path), e);
            }
            // ELOOP: links that go round, or one of procfs that leads out of the root.
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ELOOP) {
                throw new Failure(Failure.Kind.NOT_FOUND, "Could not find the file %s in container".formatted(path), e);
            }
            throw e;
        }
    }
}
