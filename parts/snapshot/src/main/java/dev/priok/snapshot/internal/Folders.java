package dev.priok.snapshot.internal;

import dev.priok.core.Failure;
import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.FileStat;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.Resolve;
import dev.priok.linux.SyscallException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Open folders of one tree by path, the recently used ones kept open: a tar goes through folders one after the other, and a
 * path is walked once per folder and not once per file. The kernel walks with the tree as its root, so neither {@code ..} nor a
 * link leads out.
 */
final class Folders implements AutoCloseable {
    /** Tars are depth first; more open folders than this are never in use together. */
    private static final int MAXIMUM_OPEN = 64;
    /** As many as the kernel follows (MAXSYMLINKS). */
    private static final int MAXIMUM_LINKS = 40;

    private static final int OPEN = OpenFlag.PATH | OpenFlag.DIRECTORY;

    private final FileCalls files = FileCalls.host();
    private final Fd root;
    private final LinkedHashMap<String, Fd> open = new LinkedHashMap<>(MAXIMUM_OPEN, 0.75f, true);
    private final Set<String> implied = new LinkedHashSet<>();

    Folders(Fd root) {
        this.root = root;
    }

    Fd root() {
        return root;
    }

    /** The folder at a clean path; it and those above it are made when they are missing. Stays ours to close. */
    Fd at(String path) throws IOException {
        return at(path, 0);
    }

    private Fd at(String path, int links) throws IOException {
        if (path.isEmpty()) {
            return root;
        }
        Fd known = open.get(path);
        if (known != null) {
            return known;
        }
        try {
            return remember(path, files.openat2(root, path, OPEN, 0, Resolve.INSIDE));
        } catch (SyscallException e) {
            if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENOTDIR) {
                throw e;
            }
        }
        make(TarPath.split(path), links);
        return remember(path, files.openat2(root, path, OPEN, 0, Resolve.INSIDE));
    }

    private void make(TarPath path, int links) throws IOException {
        Fd parent = at(path.folder(), links);
        FileStat there = files.find(parent, path.name()).orElse(null);
        if (there != null && there.isSymbolicLink()) {
            if (links == MAXIMUM_LINKS) {
                throw Failure.invalid("invalid tar: too many symbolic links at %s", path.whole());
            }
            at(target(path, files.readlink(parent, path.name())), links + 1);
        } else if (there != null && there.isWhiteout()) {
            files.unlink(parent, path.name());
            files.mkdir(parent, path.name(), 0755);
            OverlayForm.current().makeOpaque(parent, path.name());
        } else if (there != null && !there.isDirectory()) {
            throw Failure.invalid("invalid tar: %s is not a folder", path.whole());
        } else if (there == null) {
            files.mkdir(parent, path.name(), 0755);
            implied.add(path.whole());
        }
    }

    /** Where a dangling link points, as a clean path in the tree; {@code ..} stops at the root. */
    private static String target(TarPath link, String target) {
        StringBuilder clean = new StringBuilder(target.startsWith("/") ? "" : link.folder());
        for (String part : target.split("/")) {
            if (part.equals("..")) {
                clean.setLength(Math.max(0, clean.lastIndexOf("/")));
            } else if (!part.isEmpty() && !part.equals(".")) {
                clean.append(clean.isEmpty() ? "" : "/").append(part);
            }
        }
        return clean.toString();
    }

    /** Takes over a folder that the caller has made or found, and whose attributes he sets. */
    Fd adopt(String path, Fd folder) {
        implied.remove(path);
        return remember(path, folder);
    }

    private Fd remember(String path, Fd folder) {
        Fd old = open.put(path, folder);
        if (old != null) {
            old.close();
        }
        if (open.size() > MAXIMUM_OPEN) {
            Map.Entry<String, Fd> eldest = open.pollFirstEntry();
            eldest.getValue().close();
        }
        return folder;
    }

    /** Must be called when a folder or link was removed or replaced: what is open may lie below it. */
    void forget() {
        open.values().forEach(Fd::close);
        open.clear();
    }

    /** Folders that were made only because something lies in them. */
    Set<String> implied() {
        return implied;
    }

    @Override
    public void close() {
        forget();
    }
}
