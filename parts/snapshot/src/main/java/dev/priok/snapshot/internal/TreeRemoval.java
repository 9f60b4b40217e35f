package dev.priok.snapshot.internal;

import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.SyscallException;
import java.io.IOException;

/** Removes a file or a whole folder by descriptors; no link is followed. */
final class TreeRemoval {
    /**
     * A container may nest folders without end; deeper ones are first moved up, so that neither the stack nor the descriptors
     * run out.
     */
    private static final int MAXIMUM_DEPTH = 256;

    private final FileCalls files = FileCalls.host();
    private long moved;

    /** Removes {@code name} in {@code folder}; nothing happens when there is none. */
    void remove(Fd folder, String name) throws IOException {
        try {
            files.unlink(folder, name);
        } catch (SyscallException e) {
            switch (e.errno()) {
                case ENOENT -> {}
                // Linux says EISDIR, POSIX EPERM.
                case EISDIR, EPERM -> removeFolder(folder, name, folder, 0);
                default -> throw e;
            }
        }
    }

    private void removeFolder(Fd parent, String name, Fd top, int depth) throws IOException {
        if (depth == MAXIMUM_DEPTH) {
            String up = ".priok-deep-" + moved++;
            files.rename(parent, name, top, up);
            removeFolder(top, up, top, 0);
            return;
        }
        try (Fd folder = files.openChild(parent, name, OpenFlag.RDONLY | OpenFlag.DIRECTORY, 0)) {
            for (String child : files.list(folder)) {
                try {
                    files.unlink(folder, child);
                } catch (SyscallException e) {
                    if (e.errno() == Errno.EISDIR || e.errno() == Errno.EPERM) {
                        removeFolder(folder, child, top, depth + 1);
                    } else if (e.errno() != Errno.ENOENT) {
                        throw e;
                    }
                }
            }
        }
        files.rmdir(parent, name);
    }
}
