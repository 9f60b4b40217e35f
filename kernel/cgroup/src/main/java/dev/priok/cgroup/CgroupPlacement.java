package dev.priok.cgroup;

import dev.priok.linux.Fd;
import java.util.List;
import java.util.Optional;

/**
 * How a process that starts gets into a group. It must have one thread, write {@code 0} into each of the v1 files by
 * itself (the one form of joining that stays cheap under load), and be cloned with CLONE_INTO_CGROUP into the v2 directory.
 * Whoever asked for it closes it once the process runs.
 *
 * @param tasksFiles the v1 {@code tasks} files, open for writing; none on a v2 host
 * @param v2Directory the directory on the v2 hierarchy, open for CLONE_INTO_CGROUP; empty on a pure v1 host
 */
public record CgroupPlacement(List<Fd> tasksFiles, Optional<Fd> v2Directory) implements AutoCloseable {
    public CgroupPlacement {
        tasksFiles = List.copyOf(tasksFiles);
    }

    @Override
    public void close() {
        tasksFiles.forEach(Fd::close);
        v2Directory.ifPresent(Fd::close);
    }
}
