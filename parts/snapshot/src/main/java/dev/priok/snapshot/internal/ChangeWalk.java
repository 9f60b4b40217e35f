package dev.priok.snapshot.internal;

import dev.priok.core.Failure;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.FileStat;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.Resolve;
import dev.priok.linux.SyscallException;
import dev.priok.snapshot.Change;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Compares the writable folder of a snapshot with the merged tree of its layers. */
final class ChangeWalk {
    private static final int MAXIMUM_DEPTH = 1024;

    private final FileCalls files = FileCalls.host();
    private final Fd below;
    private final List<Change> changes = new ArrayList<>();

    ChangeWalk(Fd below) {
        this.below = below;
    }

    List<Change> of(Fd upper) throws IOException {
        walk(upper, "", 0);
        return changes;
    }

    private void walk(Fd folder, String prefix, int depth) throws IOException {
        if (depth > MAXIMUM_DEPTH) {
            throw Failure.invalid("%s: more than %d folders deep", prefix, MAXIMUM_DEPTH);
        }
        List<String> names = files.list(folder);
        Collections.sort(names);
        for (String name : names) {
            FileStat stat = files.find(folder, name).orElse(null);
            if (stat == null) {
                continue;
            }
            String path = prefix + "/" + name;
            if (stat.isWhiteout()) {
                changes.add(new Change(Change.Kind.DELETED, path));
            } else {
                changes.add(new Change(existsBelow(path) ? Change.Kind.MODIFIED : Change.Kind.ADDED, path));
            }
            if (stat.isDirectory()) {
                try (Fd child = files.openChild(folder, name, OpenFlag.RDONLY | OpenFlag.DIRECTORY, 0)) {
                    walk(child, path, depth + 1);
                }
            }
        }
    }

    private boolean existsBelow(String path) throws IOException {
        try {
            files.openat2(
                            below,
                            path.substring(1),
                            OpenFlag.PATH | OpenFlag.NOFOLLOW,
                            0,
                            Resolve.BENEATH | Resolve.NO_SYMLINKS)
                    .close();
            return true;
        } catch (SyscallException e) {
            return switch (e.errno()) {
                case ENOENT, ENOTDIR, ELOOP -> false;
                default -> throw e;
            };
        }
    }
}
