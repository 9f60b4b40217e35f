package dev.priok.cgroup.internal;

import dev.priok.core.Failure;
import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.ProcessCalls;
import dev.priok.linux.SyscallException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Directories of control groups: making, listing, killing and removing them, alike on both versions. */
final class Groups {
    /** A path of more parts is somebody's mistake; the kernel's own bound is the length of a path. */
    private static final int MAXIMUM_DEPTH = 32;

    /** A group stays busy until the kernel has buried its last process: 1 ms, 2 ms ... 128 ms, then 100 times that. */
    private static final int REMOVAL_TRIES = 40;

    private static final long FIRST_PAUSE_MILLIS = 1;
    private static final long LONGEST_PAUSE_MILLIS = 128;

    /** Each round kills all that it sees; only processes forked meanwhile are left for the next. */
    private static final int KILL_ROUNDS = 50;

    private static final int SIGKILL = 9;

    private final ControlFiles files;

    Groups(ControlFiles files) {
        this.files = files;
    }

    /** Checks a path such as {@code /priok/0123}, and returns it relative to a mount. */
    static Path relative(String path) {
        String[] parts = path.split("/");
        boolean sound = path.startsWith("/") && parts.length > 1 && parts.length <= MAXIMUM_DEPTH;
        for (int i = 1; sound && i < parts.length; i++) {
            sound = !parts[i].isEmpty() && !parts[i].equals(".") && !parts[i].equals("..");
        }
        if (!sound || path.indexOf('\0') >= 0 || path.indexOf('\n') >= 0) {
            throw Failure.invalid("invalid cgroup path: %s", path);
        }
        return Path.of(path.substring(1));
    }

    /**
     * Makes one directory, and those above it up to {@code mount}; an empty one is replaced, so that no limit of an
     * earlier group stays.
     */
    void make(Path mount, Path directory) throws IOException {
        try {
            mkdir(directory);
        } catch (SyscallException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
            makeParents(mount, directory);
            mkdir(directory);
        }
    }

    private void makeParents(Path mount, Path directory) throws IOException {
        Path parent = mount;
        Path relative = mount.relativize(directory);
        for (int i = 0; i < relative.getNameCount() - 1; i++) {
            parent = parent.resolve(relative.getName(i));
            try {
                files.mkdir(parent);
            } catch (SyscallException e) {
                if (e.errno() != Errno.EEXIST) {
                    throw e;
                }
            }
        }
    }

    private void mkdir(Path directory) throws IOException {
        try {
            files.mkdir(directory);
        } catch (SyscallException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
            if (!pids(directory).isEmpty()) {
                throw Failure.conflict("cgroup %s has processes already", directory);
            }
            remove(directory);
            files.mkdir(directory);
        }
    }

    /** Names of the directories right below. */
    Set<String> names(Path directory) throws IOException {
        Set<String> names = new TreeSet<>();
        for (Path child : files.children(directory)) {
            names.add(String.valueOf(child.getFileName()));
        }
        return names;
    }

    /** All processes in and below a directory. */
    List<Integer> pids(Path directory) throws IOException {
        Set<Integer> found = new LinkedHashSet<>();
        collect(directory, found, 0);
        return List.copyOf(found);
    }

    private void collect(Path directory, Set<Integer> found, int depth) throws IOException {
        try {
            files.read(directory.resolve("cgroup.procs")).map(Texts::numbers).ifPresent(found::addAll);
        } catch (SyscallException e) {
            // A threaded v2 group does not list processes; the group above it does.
            if (e.errno() != Errno.EOPNOTSUPP) {
                throw e;
            }
        }
        if (depth < MAXIMUM_DEPTH) {
            for (Path child : files.children(directory)) {
                collect(child, found, depth + 1);
            }
        }
    }

    /**
     * Kills one after the other until none is left, for kernels and hosts without {@code cgroup.kill}. A process is named
     * by a descriptor and looked up again before it is hit, so that a reused number hurts nobody else.
     */
    void killEach(Path directory) throws IOException {
        for (int round = 0; round < KILL_ROUNDS; round++) {
            List<Integer> pids = pids(directory);
            if (pids.isEmpty()) {
                return;
            }
            List<Fd> open = new ArrayList<>();
            try {
                List<Integer> named = new ArrayList<>();
                for (int pid : pids) {
                    try {
                        open.add(ProcessCalls.host().pidfdOpen(pid));
                        named.add(pid);
                    } catch (SyscallException e) {
                        if (e.errno() != Errno.ESRCH) {
                            throw e;
                        }
                    }
                }
                Set<Integer> still = Set.copyOf(pids(directory));
                for (int i = 0; i < named.size(); i++) {
                    if (still.contains(named.get(i))) {
                        ProcessCalls.host().signal(open.get(i), SIGKILL);
                    }
                }
            } finally {
                open.forEach(Fd::close);
            }
            pause(FIRST_PAUSE_MILLIS);
        }
    }

    /** Removes a directory and those below it; waits, within a bound, while dying processes hold them. */
    void remove(Path directory) throws IOException {
        long pause = FIRST_PAUSE_MILLIS;
        for (int attempt = 1; ; attempt++) {
            try {
                removeOnce(directory, 0);
                return;
            } catch (SyscallException e) {
                if (e.errno() != Errno.EBUSY && e.errno() != Errno.ENOTEMPTY) {
                    throw e;
                }
                if (attempt == REMOVAL_TRIES) {
                    throw new Failure(Failure.Kind.CONFLICT, "cgroup %s still has processes".formatted(directory), e);
                }
            }
            pause(pause);
            pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
        }
    }

    /** Removes a directory if nothing is in it. */
    void removeIfEmpty(Path directory) throws IOException {
        try {
            files.rmdir(directory);
        } catch (SyscallException e) {
            switch (e.errno()) {
                case ENOENT, EBUSY, ENOTEMPTY, EACCES, EPERM, EROFS -> {}
                default -> throw e;
            }
        }
    }

    private void removeOnce(Path directory, int depth) throws IOException {
        try {
            files.rmdir(directory);
            return;
        } catch (SyscallException e) {
            if (e.errno() == Errno.ENOENT) {
                return;
            }
            List<Path> children = depth < MAXIMUM_DEPTH ? files.children(directory) : List.of();
            if (children.isEmpty()) {
                throw e;
            }
            for (Path child : children) {
                removeOnce(child, depth + 1);
            }
        }
        files.rmdir(directory);
    }

    /** Sleeps; an interrupted caller gives up. */
    static void pause(long millis) throws IOException {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new java.io.InterruptedIOException("interrupted while waiting for a cgroup");
        }
    }
}
