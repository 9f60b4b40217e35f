package dev.priok.snapshot.internal;

import dev.priok.core.Failure;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.FileStat;
import dev.priok.linux.OpenFlag;
import java.io.IOException;

/**
 * Makes a second tree of the same files: folders anew, all else by hard links, which is safe because layers never change. Marks
 * of folders that hide others are not taken along: this is for layers that hide nothing.
 */
final class SharedFiles {
    /** A deeper tree cannot be named by a path of 4,096 bytes, and would use up descriptors and stack. */
    private static final int MAXIMUM_DEPTH = 1024;

    private final FileCalls files = FileCalls.host();

    /**
     * Fills {@code into}, an empty folder, with what is in {@code from}; both are opened for reading.
     *
     * @return false when something in it deletes what is below, which cannot be shared; the rest may be there or not
     */
    boolean share(Fd from, Fd into) throws IOException {
        return share(from, into, 0);
    }

    private boolean share(Fd from, Fd into, int depth) throws IOException {
        if (depth > MAXIMUM_DEPTH) {
            throw Failure.invalid("a layer has more than %d folders inside each other", MAXIMUM_DEPTH);
        }
        for (String name : files.list(from)) {
            FileStat stat = files.stat(from, name);
            if (stat.isWhiteout()) {
                return false;
            }
            if (!stat.isDirectory()) {
                files.link(from, name, into, name);
                continue;
            }
            files.mkdir(into, name, 0700);
            try (Fd source = files.openChild(from, name, OpenFlag.RDONLY | OpenFlag.DIRECTORY, 0);
                    Fd target = files.openChild(into, name, OpenFlag.RDONLY | OpenFlag.DIRECTORY, 0)) {
                if (!share(source, target, depth + 1)) {
                    return false;
                }
                attributes(source, stat, target);
            }
        }
        return true;
    }

    private void attributes(Fd source, FileStat stat, Fd target) throws IOException {
        for (String name : files.listXattr(source)) {
            if (!OverlayForm.isOverlays(name)) {
                byte[] value = files.getXattr(source, name).orElse(new byte[0]);
                files.setXattr(target, name, value);
            }
        }
        if (OverlayForm.isRoot()) {
            files.chown(target, stat.uid(), stat.gid());
        }
        files.chmod(target, stat.permissions());
        files.setTimes(target, stat.modifiedSeconds(), stat.modifiedNanos());
    }
}
