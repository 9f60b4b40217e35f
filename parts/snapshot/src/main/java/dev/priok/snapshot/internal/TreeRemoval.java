package dev.priok.snapshot.internal;

import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.SyscallException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** Removes a file or a whole folder by descriptors; no link is followed. */
final class TreeRemoval {
    /**
     * A container may nest folders without end; deeper ones are first moved up, so that neither the stack nor the descriptors
     * run out.
     */
    private static final int MAXIMUM_DEPTH = 256;

    private final FileCalls files = FileCalls.host();
    private final Deque<String> movedUp = new ArrayDeque<>();
    private long moves;

    /** Removes {@code name} in {@code folder}; nothing happens when there is none. */
    void remove(Fd folder, String name) throws IOException {
        removeAny(folder, name, folder, 0);
        while (!movedUp.isEmpty()) {
            removeAny(folder, movedUp.remove(), folder, 0);
        }
    }

    private void removeAny(Fd parent, String name, Fd top, int depth) throws IOException {
        try {
            files.unlink(parent, name);
        } catch (SyscallException e) {
            switch (e.errno()) {
                case ENOENT -> {}
                // Linux says EISDIR, POSIX EPERM.
                case EISDIR, EPERM -> removeFolder(parent, name, top, depth);
                default -> throw e;
            }
        }
    }

    private void removeFolder(Fd parent, String name, Fd top, int depth) throws IOException {
        if (depth == MAXIMUM_DEPTH) {
            String up = ".priok-deep-" + moves++;
            files.rename(parent, name, top, up);
            movedUp.add(up);
            return;
        }
        try (Fd folder = files.openChild(parent, name, OpenFlag.RDONLY | OpenFlag.DIRECTORY, 0)) {
            for (String child : files.list(folder)) {
                removeAny(folder, child, top, depth + 1);
            }
        }
        files.rmdir(parent, name);
    }
}
