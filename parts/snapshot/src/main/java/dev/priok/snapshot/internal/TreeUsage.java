package dev.priok.snapshot.internal;

import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.FileStat;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.SyscallException;
import dev.priok.snapshot.Usage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** Adds up a tree; every inode counts once. */
public final class TreeUsage {
    /** What lies deeper is not counted: it can only be an attack on the one who counts. */
    private static final int MAXIMUM_DEPTH = 1024;

    private final FileCalls files = FileCalls.host();
    private final Set<Long> linked = new HashSet<>();
    private long bytes;
    private long inodes;

    private TreeUsage() {}

    /** See {@link Usage#of}. */
    public static Usage of(Path folder) throws IOException {
        TreeUsage usage = new TreeUsage();
        try (Fd root = usage.files.open(folder.toString(), OpenFlag.RDONLY | OpenFlag.DIRECTORY)) {
            usage.walk(root, 0);
        }
        return new Usage(usage.bytes, usage.inodes);
    }

    private void walk(Fd folder, int depth) throws IOException {
        for (String name : files.list(folder)) {
            FileStat stat = files.find(folder, name).orElse(null);
            if (stat == null || (stat.links() > 1 && !stat.isDirectory() && !linked.add(stat.inode()))) {
                continue;
            }
            inodes++;
            if (stat.isRegular()) {
                bytes += stat.size();
            } else if (stat.isDirectory() && depth < MAXIMUM_DEPTH) {
                try (Fd child = files.openChild(folder, name, OpenFlag.RDONLY | OpenFlag.DIRECTORY, 0)) {
                    walk(child, depth + 1);
                } catch (SyscallException e) {
                    if (e.errno() != Errno.ENOENT) {
                        throw e;
                    }
                }
            }
        }
    }
}
