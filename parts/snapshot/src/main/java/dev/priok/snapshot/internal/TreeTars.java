package dev.priok.snapshot.internal;

import dev.priok.archive.TarEntry;
import dev.priok.archive.TarReader;
import dev.priok.archive.TarWriter;
import dev.priok.core.Failure;
import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.FileStat;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.Resolve;
import dev.priok.linux.SyscallException;
import dev.priok.snapshot.Owners;
import dev.priok.snapshot.Unpacking;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Collections;
import java.util.Optional;

/** Parts of a merged tree as tars, and tars into one. */
public final class TreeTars {
    private static final int BUFFER_BYTES = 256 << 10;

    private TreeTars() {}

    /** A tar over a stream, which stays open. */
    public static TarWriter writer(OutputStream out) {
        return new TarWriter(new BufferedOutputStream(out, BUFFER_BYTES));
    }

    /** A container's path as openat2 takes it: relative to the root, {@code ..} resolved by text as Docker does. */
    public static String inRoot(String path) {
        String clean = clean(path);
        return clean.isEmpty() ? "." : clean;
    }

    private static String clean(String path) {
        StringBuilder clean = new StringBuilder();
        for (String part : path.split("/")) {
            if (part.equals("..")) {
                clean.setLength(Math.max(0, clean.lastIndexOf("/")));
            } else if (!part.isEmpty() && !part.equals(".")) {
                clean.append(clean.isEmpty() ? "" : "/").append(part);
            }
        }
        return clean.toString();
    }

    /** The last part of a path: {@code .} when it ends so, {@code /} of the root. */
    public static String baseName(String path) {
        int end = path.length();
        while (end > 0 && path.charAt(end - 1) == '/') {
            end--;
        }
        if (end == 0) {
            return "/";
        }
        return path.substring(path.lastIndexOf('/', end - 1) + 1, end);
    }

    private static String folderName(String path) {
        int end = path.length();
        while (end > 0 && path.charAt(end - 1) == '/') {
            end--;
        }
        return path.substring(0, Math.max(0, path.lastIndexOf('/', Math.max(0, end - 1)) + 1));
    }

    /** Where the link at {@code path} comes to: an absolute path, not further resolved. */
    public static String linkTarget(Fd root, String path) throws IOException {
        FileCalls files = FileCalls.host();
        try (Fd folder = openFolder(root, folderName(path))) {
            String target = files.readlink(folder, baseName(path));
            return "/" + clean(target.startsWith("/") ? target : folderName(path) + "/" + target);
        }
    }

    private static Fd openFolder(Fd root, String path) throws SyscallException {
        return FileCalls.host().openat2(root, inRoot(path), OpenFlag.PATH | OpenFlag.DIRECTORY, 0, Resolve.INSIDE);
    }

    /** Writes what {@code file}, opened at {@code path}, is. */
    public static void pack(Fd root, Fd file, String path, String base, Owners owners, TarWriter tar)
            throws IOException {
        FileCalls files = FileCalls.host();
        TreePacker packer = new TreePacker(tar, TreePacker.Marks.NONE, owners);
        FileStat stat = files.stat(file);
        if (!stat.isDirectory()) {
            try (Fd folder = openFolder(root, folderName(path))) {
                packer.pack(folder, baseName(path), base);
            }
            return;
        }
        String name = base.equals("/") ? "/" : base + "/";
        tar.put(owners.inside(new TarEntry(
                name,
                TarEntry.Type.FOLDER,
                stat.permissions(),
                stat.uid(),
                stat.gid(),
                0,
                stat.modifiedSeconds(),
                0,
                "",
                0,
                0,
                Collections.emptySortedMap())));
        try (Fd folder = files.openat2(file, ".", OpenFlag.RDONLY | OpenFlag.DIRECTORY, 0, Resolve.BENEATH)) {
            packer.packContents(folder, name);
        }
    }

    /** Writes all that is in the root. */
    public static void export(Fd root, Owners owners, TarWriter tar) throws IOException {
        try (Fd folder =
                FileCalls.host().openat2(root, ".", OpenFlag.RDONLY | OpenFlag.DIRECTORY, 0, Resolve.BENEATH)) {
            new TreePacker(tar, TreePacker.Marks.NONE, owners).packContents(folder, "");
        }
    }

    /** Unpacks into the folder at {@code path}; links lead as they do in the container. */
    public static void unpack(Fd root, String path, InputStream tar, Unpacking how, Owners owners) throws IOException {
        requireFolder(root, path);
        String prefix = clean(path) + "/";
        TarReader reader = new TarReader(tar);
        try (EntryWriter writer = new EntryWriter(root, how)) {
            Optional<TarEntry> next = reader.next();
            while (next.isPresent()) {
                TarPath name = TarPath.of(next.get().name());
                if (!name.isRoot()) {
                    TarEntry entry = owners.outside(next.get());
                    boolean hardLink = entry.type() == TarEntry.Type.HARD_LINK;
                    TarEntry placed = hardLink
                            ? entry.withLink(prefix + TarPath.of(entry.link()).whole())
                            : entry;
                    writer.write(placed, TarPath.of(prefix + name.whole()), reader);
                }
                next = reader.next();
            }
            writer.finish();
        }
    }

    private static void requireFolder(Fd root, String path) throws IOException {
        try {
            openFolder(root, path).close();
        } catch (SyscallException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ELOOP) {
                throw new Failure(Failure.Kind.NOT_FOUND, "Could not find the file %s in container".formatted(path), e);
            }
            if (e.errno() == Errno.ENOTDIR) {
                throw new Failure(Failure.Kind.INVALID, "extraction point is not a directory", e);
            }
            throw e;
        }
    }
}
